using KernelGen.Lab.GpuBench;

namespace KernelGen.Lab.Tests.GpuBench;

/// <summary>What a process leaves to the next one, beside its results, where others may have put something before.</summary>
[TestClass]
public sealed class BenchJournalTests
{
    private static readonly CudaBenchRow _row = new(
        "one", 40, "f16", 1, 2, 33, 40, false, null, "streaming-sm80-f16-d40-r64", true, 1, 0, null, null, null, 0, 0, 0, null, null, null,
        null);

    [TestMethod]
    public void ARowIsThereWhileItRuns_AndAfterAProcessThatDidNotComeBack()
    {
        using TestFolder folder = new();
        BenchJournal journal = new(folder["out"], TimeSpan.FromMinutes(1));
        string whileItRuns = journal.Guard(_row, () => File.ReadAllText(BenchJournal.PathFor(folder["out"])));
        Assert.IsEmpty(folder.Files);

        File.WriteAllText(BenchJournal.PathFor(folder["out"]), whileItRuns);
        Assert.AreEqual(_row with { Lost = true, Fault = "the process ended while it ran" }, journal.TakeUnfinished());
        Assert.IsEmpty(folder.Files);
    }

    [TestMethod]
    [OSCondition(ConditionMode.Exclude, OperatingSystems.Windows, IgnoreMessage = "Links need a privilege there.")]
    public void ALinkInItsPlace_IsNeitherReadNorWrittenThrough()
    {
        using TestFolder folder = new();
        PlantedLink link = new(folder, "out.running");
        BenchJournal journal = new(folder["out"], TimeSpan.FromMinutes(1));

        Assert.IsNull(journal.TakeUnfinished());
        link.AssertUntouched();
        journal.Guard(_row, link.AssertTargetUntouched);
        link.AssertTargetUntouched();
    }
}
