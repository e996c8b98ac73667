using KernelGen.Samples.Commands;

namespace KernelGen.Lab.Tests;

/// <summary>The sample's command line has commands of the laboratory, a program of its own.</summary>
[TestClass]
public sealed class LaboratoryCommandTests
{
    private static string Sample =>
        Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "KernelGen.Samples.exe" : "KernelGen.Samples");

    [TestMethod]
    [DataRow("bench", "--no-baselines")]
    [DataRow("probe", "--smoke")]
    public void Help_IsTheLaboratorys(string command, string option)
    {
        CommandResult result = ChildProcess.Run(Sample, [command, "--help"]).AssertDone();
        Assert.Contains(option, result.Output);
        Assert.AreEqual(CommandResult.Of(command, "--help").AssertDone().Output.Split('\n').Length, result.Output.Split('\n').Length);
    }

    [TestMethod]
    public void Results_ComeThrough() =>
        Assert.AreEqual(1, ChildProcess.Run(Sample, ["bench", "--shapes", "1,1,64,64,40", "--no-baselines", "--threads", "1", "--json"])
            .AssertDone().Json.GetProperty("rows").GetArrayLength());

    [TestMethod]
    public void Faults_ComeThrough() =>
        ChildProcess.Run(Sample, ["bench", "--shapes", "sd16"]).AssertFault(ExitCode.BadInput, "There are no shapes 'sd16'");

    [TestMethod]
    public void WithoutTheProgram_ItsProjectIsRun()
    {
        using TestFolder folder = new();
        string application = Directory.CreateDirectory(folder["GeneratedSamples/bin/Release/net10.0"]).FullName;
        Assert.IsNull(Laboratory.Start(application));

        string project = Path.Combine(Directory.CreateDirectory(folder["tools/KernelGen.Lab"]).FullName, "KernelGen.Lab.csproj");
        File.WriteAllText(project, "");
        IReadOnlyList<string> arguments = Laboratory.Start(application)!.ArgumentList;
        Assert.AreEqual("run", arguments[0]);
        Assert.Contains(project, arguments);
        Assert.AreEqual("--", arguments[^1]);
    }
}
