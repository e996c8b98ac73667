namespace KernelGen.Generator;

/// <summary>Names of the generator's steps, under which tests look up what was run and what came from the cache.</summary>
internal static class StepNames
{
    /// <summary>Attribute to model.</summary>
    public const string Discover = "KernelGen.Discover";

    /// <summary>The user's templates.</summary>
    public const string TemplateOverrides = "KernelGen.TemplateOverrides";

    /// <summary>Model to text.</summary>
    public const string Render = "KernelGen.Render";
}
