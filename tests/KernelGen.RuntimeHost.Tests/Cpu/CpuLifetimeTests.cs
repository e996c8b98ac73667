using System.Runtime.CompilerServices;
using KernelGen.Cpu;
using KernelGen.Kernels;
using KernelGen.RuntimeHost.Tests.Execution;
using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Cpu;

[TestClass]
public sealed class CpuLifetimeTests : LifetimeTests
{
    private protected override KernelCatalogue Catalogue => CpuTestAttention.Catalogue;

    private protected override int Rounds => 30;

    [TestMethod]
    public unsafe void DisposeAmongLaunches_GivesRightResults_OrObjectDisposed() => Race(static (host, plan, call, output) =>
    {
        fixed (float* query = call.Query, key = call.Key, value = call.Value, result = output)
            host.Launch(plan,
                AttentionHost.CreateArguments(plan) with
                {
                    Query = (nint)query, Key = (nint)key, Value = (nint)value, Output = (nint)result,
                });
    });

    [TestMethod]
    [DoNotParallelize]
    [OSCondition(OperatingSystems.Linux)]
    public void DroppedHosts_GiveTheirThreadsBack()
    {
        Collect();
        int before = WorkerThreads();
        DropHosts();
        for (int i = 0; i < 100 && WorkerThreads() > before; i++)
        {
            Collect();
            Thread.Sleep(50);
        }

        Assert.IsLessThanOrEqualTo(before, WorkerThreads());
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void DropHosts()
    {
        for (int i = 0; i < 20; i++)
        {
            AttentionHost host = AttentionHost.CreateDefault(new() { Device = DeviceKind.Cpu, Threads = 4 });
            AttentionShape shape = new(1, 1, 40, 40, 40);
            float[] tensor = new float[shape.KeyElements];
            host.Run<float>(host.Plan<float>(CpuTestAttention.Catalogue, shape), tensor, tensor, tensor, new float[tensor.Length]);
        }

        Assert.IsGreaterThanOrEqualTo(20, WorkerThreads());
    }

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    // The system cuts names to 15 letters.
    private static int WorkerThreads() =>
        Directory.GetDirectories("/proc/self/task").Count(thread =>
        {
            try
            {
                return File.ReadAllText(Path.Combine(thread, "comm")).StartsWith("KernelGen worke", StringComparison.Ordinal);
            }
            catch (IOException)
            {
                return false;
            }
        });

    private protected override AttentionHost Open() =>
        AttentionHost.CreateDefault(new() { Device = DeviceKind.Cpu, Threads = 2, FreeBytes = 500_000 });

    private protected override void Trim(AttentionHost host) => ((CpuDevice)host.Device).Trim();
}
