using System.Reflection;
using System.Runtime.CompilerServices;
using KernelGen.Cpu;
using KernelGen.Cpu.Kernels;

namespace KernelGen.Lab.Jit;

/// <summary>The micro-kernels of an assembly with model classes: the generated methods in which a CPU spends its time.</summary>
internal static class MicroKernelCode
{
    /// <summary>For <c>DOTNET_JitDisasm</c>: all methods of types such as <c>Vector256Kernels</c>.</summary>
    public const string Filter = "*Kernels:*";

    /// <summary>Has the JIT compile every micro-kernel for vectors that this process has. None runs.</summary>
    /// <param name="assembly">The assembly.</param>
    /// <returns>Methods compiled.</returns>
    public static int Compile(Assembly assembly)
    {
        int compiled = 0;
        foreach (Type kernels in assembly.GetTypes().Where(type => type.IsValueType && type.IsAssignableTo(typeof(IMicroKernels))))
        {
            if (!CpuCapabilities.IsSupported(PathOf(kernels)))
                continue;

            foreach (MethodInfo method in kernels.GetMethods().Where(IsOptimized))
            {
                RuntimeHelpers.PrepareMethod(method.MethodHandle);
                compiled++;
            }
        }

        return compiled;
    }

    private static bool IsOptimized(MethodInfo method) =>
        method.MethodImplementationFlags.HasFlag(MethodImplAttributes.AggressiveOptimization);

    private static CpuVectorPath PathOf(Type kernels) =>
        kernels.Name.Contains("512", StringComparison.Ordinal) ? CpuVectorPath.Avx512
        : kernels.Name.Contains("256", StringComparison.Ordinal) ? CpuVectorPath.Avx2
        : CpuVectorPath.Vector128;
}
