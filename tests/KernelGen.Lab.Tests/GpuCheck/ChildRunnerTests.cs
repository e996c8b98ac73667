using System.Diagnostics;
using KernelGen.Lab.GpuCheck;

namespace KernelGen.Lab.Tests.GpuCheck;

/// <summary>Processes of this machine.</summary>
[TestClass]
[OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
public sealed class ChildRunnerTests
{
    private static readonly TimeSpan _enough = TimeSpan.FromSeconds(30);

    [TestMethod]
    public void Exit_code_and_output_are_those_of_the_process_and_the_log_has_both_streams()
    {
        using StringWriter log = new() { NewLine = "\n" };
        ChildResult result = new ChildRunner().Run(new("sh", ["-c", "echo out; echo err >&2; exit 3"]), _enough, log);

        Assert.AreEqual(new(3, EndedByLimit: false, "out\n"), result);
        Assert.AreEqual(PartStatus.Failed, result.Status);
        Assert.AreSequenceEqual(
            ["err", "out"], log.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
    }

    [TestMethod]
    public void A_process_that_does_not_end_is_ended_with_all_that_it_started()
    {
        using StringWriter log = new();
        long begin = Stopwatch.GetTimestamp();
        ChildResult result = new ChildRunner().Run(new("sh", ["-c", "sleep 60 & echo $!; wait"]), TimeSpan.FromSeconds(1), log);

        Assert.IsTrue(result.EndedByLimit);
        Assert.AreEqual(PartStatus.OutOfTime, result.Status);
        Assert.IsLessThan(30, Stopwatch.GetElapsedTime(begin).TotalSeconds);
        Assert.IsFalse(IsRunning(int.Parse(result.Output)), "the process that it started");
    }

    [TestMethod]
    public void A_program_that_is_not_there_is_an_exit_code()
    {
        using StringWriter log = new();
        ChildResult result = new ChildRunner().Run(new("/no/such/program", []), _enough, log);

        Assert.AreEqual(ChildResult.NoSuchProgram, result.ExitCode);
        Assert.Contains("/no/such/program", log.ToString());
    }

    [TestMethod]
    public void A_process_has_the_variables_that_it_is_given_and_no_installed_NET()
    {
        ChildCommand command = new("sh", ["-c", "echo $KERNELGEN_TEST-$DOTNET_ROOT"])
        {
            Environment = new Dictionary<string, string> { ["KERNELGEN_TEST"] = "a" },
        };

        Assert.AreEqual("a-\n", new ChildRunner().Run(command, _enough, TextWriter.Null).Output);
    }

    // A process whose parent is gone may stay for a while as one that nobody waited for.
    private static bool IsRunning(int id)
    {
        string status = $"/proc/{id}/stat";
        return File.Exists(status) && !File.ReadAllText(status).Contains(") Z ", StringComparison.Ordinal);
    }
}
