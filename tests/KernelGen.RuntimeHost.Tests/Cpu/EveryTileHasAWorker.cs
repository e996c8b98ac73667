using System.Runtime.CompilerServices;
using KernelGen.Cpu;

namespace KernelGen.RuntimeHost.Tests.Cpu;

/// <summary>Calls of tests are short, and must be worked on by several threads all the same.</summary>
internal static class EveryTileHasAWorker
{
    [ModuleInitializer]
    internal static void Set() => CpuSliceRun.SecondsWorthAWorker = 0;
}
