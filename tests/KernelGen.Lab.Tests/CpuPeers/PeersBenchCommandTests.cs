using System.CommandLine;
using System.Text.Json;
using KernelGen.Lab.Commands;
using KernelGen.Samples.Models;

namespace KernelGen.Lab.Tests.CpuPeers;

/// <summary>The command, with kernels of the sample and peers that compute nothing.</summary>
[TestClass]
[DoNotParallelize]
public sealed class PeersBenchCommandTests
{
    private static readonly string[] Small = ["--shapes", "1,2,17,33,40", "--dtype", "f32", "--threads", "1", "--seconds", "1"];

    [TestMethod]
    public void Results_AreWrittenToAllFiles_AndAreTakenFromThemAgain()
    {
        using TestFolder folder = new();
        PlantedLink link = new(folder, "a.json.tmp");
        (int code, string output, _) = Run(["--peers", "fake-one", "--json", "--output", folder["a.json"], .. Small]);
        Assert.AreEqual(ExitCode.Done, code);
        link.AssertUntouched();
        JsonElement row = JsonDocument.Parse(output).RootElement.GetProperty("rows")[0];
        Assert.AreEqual("1,2,17,33,40", row.GetProperty("name").GetString());
        Assert.AreEqual("fake-one", row.GetProperty("peers")[0].GetProperty("name").GetString());
        Assert.IsLessThan(2e-6, row.GetProperty("error").GetDouble());
        Assert.AreEqual(output.TrimEnd(), File.ReadAllText(folder["a.json"]).TrimEnd());

        (code, output, _) = Run("--from", $"{folder["a.json"]},{folder["a.json"]}", "--markdown", folder["a.md"]);
        Assert.AreEqual(ExitCode.Done, code);
        Assert.Contains("1,2,17,33,40", output);
        Assert.Contains("| 1,2,17,33,40 |", File.ReadAllText(folder["a.md"]));
    }

    [TestMethod]
    [DataRow("--peers nobody", "nobody")]
    [DataRow("--shapes nothing", "nothing")]
    [DataRow("--dtype f64", "f64")]
    [DataRow("--threads 0", "--threads is '0'")]
    [DataRow("--seconds 0", "--seconds")]
    [DataRow("--from missing.json", "missing.json")]
    public void WhatCannotBe_IsRefusedInOneLine(string arguments, string expected)
    {
        (int code, string output, string error) = Run(arguments.Split(' '));
        Assert.AreEqual(ExitCode.BadInput, code);
        Assert.AreEqual("", output);
        Assert.Contains(expected, error);
        Assert.HasCount(1, error.TrimEnd().Split('\n'));
    }

    private static (int Code, string Output, string Error) Run(params string[] arguments)
    {
        using StringWriter output = new(), error = new();
        CommandConsole console = new(output, error, CancellationToken.None);
        List<string> log = [];
        RootCommand root = new("peers")
        {
            new PeersBenchCommand(
                console, ModelCatalogue.Classes, [new FakePeer("fake-one", TimeSpan.FromMilliseconds(1), log, fault: 1)]),
        };
        int code = CommandRunner.Run(root, ["bench", .. arguments], console);
        return (code, output.ToString(), error.ToString());
    }
}
