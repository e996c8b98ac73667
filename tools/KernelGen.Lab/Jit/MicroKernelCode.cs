using System.Reflection;
using System.Runtime.CompilerServices;
using KernelGen.Cpu;
using KernelGen.Cpu.Kernels;

namespace KernelGen.Lab.Jit;

/// <summary>
/// The micro-kernels that an assembly with model classes runs, the methods in which a CPU spends its time: generated ones for many query
/// rows, and those of the library for few.
/// </summary>
internal static class MicroKernelCode
{
    /// <summary>For <c>DOTNET_JitDisasm</c>: all methods of types such as <c>Vector256Kernels</c>, and of <see cref="KeyLanes"/>.</summary>
    public const string Filter = "*Kernels:* *KeyLanes:*";

    /// <summary>Has the JIT compile every micro-kernel for vectors that this process has. None runs.</summary>
    /// <param name="assembly">The assembly.</param>
    /// <returns>Methods compiled.</returns>
    /// <exception cref="InvalidDataException">The assembly has none.</exception>
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

        return compiled > 0
            ? compiled + CompileForFewRows()
            : throw new InvalidDataException($"{assembly.Location} has no model class with CPU kernels.");
    }

    // The methods that multiply are those that only ask for a vector.
    private static int CompileForFewRows()
    {
        int compiled = 0;
        Type[] vectors = [typeof(LaneVector512), typeof(LaneVector256), typeof(LaneVector128)];
        MethodInfo[] methods =
            [.. typeof(KeyLanes).GetMethods().Where(method => IsOptimized(method) && method.GetGenericArguments().Length == 1)];
        foreach (Type vector in vectors.Where(vector => CpuCapabilities.IsSupported(PathOf(vector))))
        {
            foreach (MethodInfo method in methods)
            {
                RuntimeHelpers.PrepareMethod(method.MethodHandle, [vector.TypeHandle]);
                compiled++;
            }
        }

        return compiled;
    }

    private static bool IsOptimized(MethodInfo method) =>
        method.MethodImplementationFlags.HasFlag(MethodImplAttributes.AggressiveOptimization);

    private static CpuVectorPath PathOf(Type type) =>
        type.Name.Contains("512", StringComparison.Ordinal) ? CpuVectorPath.Avx512
        : type.Name.Contains("256", StringComparison.Ordinal) ? CpuVectorPath.Avx2
        : CpuVectorPath.Vector128;
}
