using System.Text.Json;

namespace KernelGen.Tests.Shared;

/// <summary>What a command line did, run in this process.</summary>
internal sealed record CommandResult(int Code, string Output, string Error)
{
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    /// <summary>Runs the application that the project of these tests names.</summary>
    public static CommandResult Of(params string[] args)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        int code = TestedApplication.Run(args, output, error);
        return new(code, output.ToString(), error.ToString());
    }

    /// <summary>The command failed with a code, one line on standard error, and nothing on standard output.</summary>
    public void AssertFault(int code, params string[] parts)
    {
        Assert.AreEqual(code, Code, Error);
        Assert.AreEqual("", Output);
        Assert.StartsWith("error: ", Error);
        Assert.AreEqual(1, Error.Count(character => character == '\n'), Error);
        foreach (string part in parts)
            Assert.Contains(part, Error);
    }

    /// <summary>The command succeeded.</summary>
    public CommandResult AssertDone()
    {
        Assert.AreEqual(0, Code, Error);
        return this;
    }
}
