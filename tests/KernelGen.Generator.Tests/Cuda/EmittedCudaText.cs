namespace KernelGen.Generator.Tests.Cuda;

/// <summary>What holds for every emitted CUDA text, kernel or header.</summary>
internal static class EmittedCudaText
{
    /// <summary>Fails when a text has leftovers of its templates, or white space that a reader would stumble over.</summary>
    public static void AssertClean(string text)
    {
        Assert.DoesNotContain("{{", text);
        Assert.DoesNotContain("\r", text);
        Assert.DoesNotContain(" \n", text);
        Assert.DoesNotContain("\n\n\n", text);
        Assert.EndsWith("\n", text);
        Assert.IsFalse(text.EndsWith("\n\n", StringComparison.Ordinal), "The text ends with an empty line.");
    }

    /// <summary>The names that a text includes, in order.</summary>
    public static string[] Includes(string text) =>
    [
        .. text.Split('\n').Where(line => line.StartsWith("#include", StringComparison.Ordinal)).Select(line => line.Split('"')[1]),
    ];
}
