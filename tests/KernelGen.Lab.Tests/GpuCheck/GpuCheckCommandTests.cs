using System.CommandLine;
using KernelGen.Lab.Commands;

namespace KernelGen.Lab.Tests.GpuCheck;

/// <summary>The command line of the check.</summary>
[TestClass]
public sealed class GpuCheckCommandTests
{
    [TestMethod]
    [DataRow("--unknown", "--unknown")]
    [DataRow("--parts doctor,nothing", "There is no part 'nothing'")]
    [DataRow("--against no-such-folder", "There is no folder no-such-folder")]
    [DataRow("--seconds none", "--seconds is 'none'")]
    public void Wrong_options_are_one_line_and_code_2(string options, string part)
    {
        using TestFolder folder = new();
        CommandResult result = Run(["results", "--bundle", folder.Path, .. options.Split(' ')]);

        result.AssertFault(ExitCode.BadInput, part);
        Assert.IsEmpty(folder.Files);
    }

    [TestMethod]
    [MemberCondition(typeof(Repository), nameof(Repository.IsThere), IgnoreMessage = "There is no source tree here.")]
    public void The_check_itself_never_opens_CUDA()
    {
        string folder = Path.Combine(Repository.Folder!, "tools", "KernelGen.Lab", "GpuCheck");
        string[] files = Directory.GetFiles(folder, "*.cs");

        Assert.IsGreaterThan(10, files.Length);
        foreach (string file in files)
        {
            string text = File.ReadAllText(file);
            foreach (string name in (string[])["KernelGen.Cuda", "CudaDevice", "AttentionHost", "CudaReport", "CudaLibraries"])
                Assert.DoesNotContain(name, text, file);
        }
    }

    private static CommandResult Run(string[] args)
    {
        using StringWriter output = new();
        using StringWriter error = new() { NewLine = "\n" };
        CommandConsole console = new(output, error, CancellationToken.None);
        int code = CommandRunner.Run(new RootCommand { new GpuCheckCommand(console) }, ["gpu-check", .. args], console);
        return new(code, output.ToString(), error.ToString());
    }
}
