namespace KernelGen.Generator.Rendering;

/// <summary>The types that a template knows.</summary>
internal enum TemplateValueKind
{
    /// <summary>A 64-bit integer.</summary>
    Integer,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Boolean,

    /// <summary>Text.</summary>
    String,

    /// <summary>Names and their values.</summary>
    Object,

    /// <summary>Values in order.</summary>
    List,
}
