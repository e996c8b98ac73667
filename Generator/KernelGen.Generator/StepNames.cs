namespace KernelGen.Generator;

/// <summary>Names of the generator's steps, under which tests look up what was run and what came from the cache.</summary>
internal static class StepNames
{
    public const string Discover = "KernelGen.Discover";
    public const string TemplateOverrides = "KernelGen.TemplateOverrides";
    public const string Render = "KernelGen.Render";
}
