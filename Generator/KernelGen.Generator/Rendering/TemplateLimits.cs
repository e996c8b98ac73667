namespace KernelGen.Generator.Rendering;

/// <summary>
/// What a template may use up. The compiler renders the templates of users in its own process: none of them may end it, fill its memory or
/// keep it busy.
/// </summary>
internal static class TemplateLimits
{
    /// <summary>Characters of a template: Scriban's parser takes some microseconds for each at worst.</summary>
    public const int TemplateLength = 1 << 18;

    /// <summary>Nested blocks and expressions that Scriban's parser takes.</summary>
    public const int ParserDepth = 200;

    /// <summary>Members and indices in a row: <c>a.b[0].c</c> has three. Scriban evaluates them recursively.</summary>
    public const int Accesses = 32;

    /// <summary>Includes inside includes.</summary>
    public const int IncludeDepth = 32;

    /// <summary>Loops inside loops, across includes.</summary>
    public const int LoopDepth = 32;

    /// <summary>Calls inside calls; an include counts twice.</summary>
    public const int CallDepth = 2 * IncludeDepth + 1;

    /// <summary>Rounds of nested loops, and values of a range.</summary>
    public const int Rounds = 1_000_000;

    /// <summary>Statements and expressions that one rendering evaluates. The largest kernel takes 7,000.</summary>
    public const long Steps = 2_000_000;

    /// <summary>Characters that one rendering writes, joins or compares. The largest kernel takes 130,000.</summary>
    public const long Characters = 8 << 20;

    /// <summary>Characters of a value.</summary>
    public const int StringLength = 1 << 16;

    /// <summary>Characters of a message; some of Scriban's repeat the template.</summary>
    public const int MessageLength = 2000;

    /// <summary>Statements and expressions of all renderings of one class. Every kernel that there is takes 7 million.</summary>
    public const long StepsOfClass = 64_000_000;

    /// <summary>Characters of all renderings of one class. Every kernel that there is takes 93 million.</summary>
    public const long CharactersOfClass = 256 << 20;
}
