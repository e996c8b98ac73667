namespace KernelGen.Generator.Rendering.Syntax;

/// <summary>A statement of a template.</summary>
internal abstract class Statement
{
    /// <summary>Writes what the statement stands for.</summary>
    /// <exception cref="TemplateException">It does not fit the names in scope.</exception>
    public abstract void Render(RenderContext context);
}
