namespace KernelGen.Samples.Tests.Commands;

[TestClass]
public sealed class DemoCommandTests
{
    [TestMethod]
    public void Demo_RunsChecksAndFitsHundredColumns()
    {
        CommandResult result = CommandResult.Of().AssertDone();
        Assert.Contains("self 4096x4096", result.Output);
        Assert.Contains("all are within the bound", result.Output);
        Assert.Contains("how a call is sliced does not show in its result", result.Output);
        Assert.Contains("max approx.", result.Output);
        Assert.DoesNotContain("\u001b", result.Output);

        // The message of the original system is quoted as it is, however long.
        Assert.IsLessThanOrEqualTo(100, result.Output.Split('\n').Where(line => !line.Contains('"')).Max(line => line.Length));
    }
}
