using KernelGen.Cpu;
using KernelGen.Planning;

namespace KernelGen.RuntimeHost.Tests.Cpu;

[TestClass]
public sealed class CpuMemoryProbeTests
{
    private readonly string _root = Directory.CreateTempSubdirectory("kernelgen").FullName;

    [TestCleanup]
    public void Delete() => Directory.Delete(_root, recursive: true);

    [TestMethod]
    public void MemInfo_IsReadInBytes()
    {
        const string Text = "MemTotal:       24684092 kB\nMemFree:  1 kB\nMemAvailable:   24292044 kB\n";

        Assert.AreEqual(24292044L * 1024, CpuMemoryProbe.MemInfoBytes(Text, "MemAvailable"));
        Assert.IsNull(CpuMemoryProbe.MemInfoBytes(Text, "Mem"));
    }

    [TestMethod]
    public void SecondVersion_TakesTheTightestGroupAbove_AndCountsOldFilePagesAsFree()
    {
        Write("memory.max", "max");
        Write("memory.current", "999");
        Write("outer/memory.max", "1000");
        Write("outer/memory.current", "700");
        Write("outer/memory.stat", "anon 5\ninactive_file 200\nactive_file 3\n");
        Write("outer/inner/memory.max", "900");
        Write("outer/inner/memory.current", "100");

        Assert.AreEqual(500, CpuMemoryProbe.ControlGroupFreeBytes("0::/outer/inner\n", _root));
    }

    [TestMethod]
    public void FirstVersion_IsReadFromItsMemoryController()
    {
        Write("memory/job/memory.limit_in_bytes", "1000");
        Write("memory/job/memory.usage_in_bytes", "1200");

        Assert.AreEqual(0, CpuMemoryProbe.ControlGroupFreeBytes("5:cpu:/job\n4:memory:/job\n", _root));
    }

    [TestMethod]
    public void APathOutsideTheContainer_LeavesItsRoot()
    {
        Write("memory.max", "1000");
        Write("memory.current", "400");

        Assert.AreEqual(600, CpuMemoryProbe.ControlGroupFreeBytes("0::/not/mounted/here\n", _root));
    }

    [TestMethod]
    public void NoLimit_IsNull() => Assert.IsNull(CpuMemoryProbe.ControlGroupFreeBytes("0::/\n", _root));

    [TestMethod]
    public void ThisMachine_HasMemory()
    {
        MemoryBudget budget = CpuMemoryProbe.Measure();

        Assert.IsGreaterThan(0, budget.FreeBytes);
        Assert.IsLessThanOrEqualTo(CpuMemoryProbe.TotalBytes(), budget.FreeBytes);
        Assert.AreNotEqual("", budget.Source);
    }

    private void Write(string path, string text)
    {
        string file = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
