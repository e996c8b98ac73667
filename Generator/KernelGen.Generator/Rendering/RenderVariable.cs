namespace KernelGen.Generator.Rendering;

/// <summary>A name in scope.</summary>
internal readonly struct RenderVariable
{
    /// <summary>Makes a variable.</summary>
    public RenderVariable(RenderVariableKind kind, TemplateValue value)
    {
        Kind = kind;
        Value = value;
    }

    /// <summary>Where it comes from.</summary>
    public RenderVariableKind Kind { get; }

    /// <summary>Its value.</summary>
    public TemplateValue Value { get; }
}
