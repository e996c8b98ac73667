namespace KernelGen.Generator.Rendering;

/// <summary>Where a name in scope comes from.</summary>
internal enum RenderVariableKind
{
    /// <summary>The model.</summary>
    Model,

    /// <summary>An assignment in a template.</summary>
    Assigned,

    /// <summary>A loop that is running.</summary>
    Loop,
}
