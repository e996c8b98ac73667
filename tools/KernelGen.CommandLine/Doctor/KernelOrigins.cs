using KernelGen.CommandLine.Classes;
using KernelGen.Cuda;
using KernelGen.Kernels;

namespace KernelGen.CommandLine.Doctor;

/// <summary>The origins of this application's compiled kernels on a GPU: a folder, the cache or the compiler.</summary>
internal static class KernelOrigins
{
    /// <summary>Every kernel that the device runs, for calls without and with a mask; none on the CPU.</summary>
    public static IReadOnlyList<(SpecializedKernel Kernel, KernelOrigin Origin)> Of(AttentionHost host, IModelClasses classes)
    {
        if (host.Device is not CudaDevice device)
            return [];

        KernelSpecialization[] kinds = [KernelSpecialization.None, KernelSpecialization.Masked];
        List<(SpecializedKernel, KernelOrigin)> origins = [];
        foreach (KernelVariant variant in classes.Kernels)
        {
            foreach (SpecializedKernel kernel in kinds.Select(variant.Specialize).Distinct())
            {
                if (device.OriginOf(kernel) is { } origin)
                    origins.Add((kernel, origin));
            }
        }

        return origins;
    }

    /// <summary>The number of kernels by origin; null on the CPU.</summary>
    public static string? Summary(AttentionHost host, IModelClasses classes)
    {
        if (host.Device is not CudaDevice)
            return null;

        var places = Of(host, classes).GroupBy(kernel => kernel.Origin).OrderByDescending(group => group.Key);
        return string.Join(", ", places.Select(group => Invariant($"{group.Count()} from {Place(group.Key)}")));
    }

    /// <summary>A word for a place: <c>folder</c>, <c>cache</c> or <c>NVRTC</c>.</summary>
    public static string Name(KernelOrigin origin) => origin switch
    {
        KernelOrigin.Folder => "folder",
        KernelOrigin.Cache => "cache",
        _ => "NVRTC",
    };

    private static string Place(KernelOrigin origin) => origin switch
    {
        KernelOrigin.Folder => "the folder of kernels compiled in advance",
        KernelOrigin.Cache => "the cache",
        _ => "NVRTC when they are first needed",
    };
}
