namespace KernelGen.Generator.Rendering;

/// <summary>Resources that the renderings of one class used up together: each may stay within its limits and all be too much.</summary>
internal sealed class RenderTotals
{
    private long _steps;
    private long _characters;

    /// <summary>Adds a rendering that has ended.</summary>
    public void Add(RenderContext context, string templateName)
    {
        _steps += context.Steps;
        _characters += context.Characters;
        if (_steps > TemplateLimits.StepsOfClass || _characters > TemplateLimits.CharactersOfClass)
            throw new TemplateException(
                templateName, 1, 1,
                "the kernels of this class take more work or text than the compiler can be asked for; "
                + "ask for fewer, or shorten the templates");
    }
}
