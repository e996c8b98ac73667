using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using KernelGen.Cuda.Compilation;
using KernelGen.Kernels;

namespace KernelGen.CommandLine.Compilation;

/// <summary>Kernels whose texts differ in nothing but names and comments, of which the compiler makes the same.</summary>
internal static partial class DistinctTexts
{
    /// <summary>Requests, with those of the same text, options and architecture together; the first of each group stands for it.</summary>
    public static IReadOnlyList<IReadOnlyList<CompilationRequest>> Group(IEnumerable<CompilationRequest> requests) =>
    [
        .. requests
            .GroupBy(request => (KeyOf(request.Kernel.Variant), request.Kernel.Specialization, request.ArchitectureName))
            .Select(group => group.ToArray()),
    ];

    /// <summary>A result as that of another kernel with the same text.</summary>
    /// <param name="request">The other kernel.</param>
    public static KernelCompilation As(KernelCompilation result, CompilationRequest request)
    {
        (string own, string other) = (NameOf(result.Request.Kernel.Variant), NameOf(request.Kernel.Variant));
        return result with
        {
            Request = request,
            Entries =
            [
                .. result.Entries.Select(
                    entry => entry with { EntryPoint = entry.EntryPoint.Replace(own, other, StringComparison.Ordinal) }),
            ],
        };
    }

    private static string KeyOf(KernelVariant variant)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        string text = CommentOrSpace().Replace(Encoding.UTF8.GetString(variant.Cuda!.Text()), " ");
        hash.AppendData(Encoding.UTF8.GetBytes(text.Replace(NameOf(variant), "NAME", StringComparison.Ordinal)));
        foreach (CudaHeader header in variant.Cuda.Headers)
            hash.AppendData(header.Text());

        // The compiler knows nothing of these, but what is said of an entry point does: threads and shared memory.
        foreach (CudaStage stage in variant.Cuda.Stages)
            hash.AppendData(Encoding.UTF8.GetBytes(Invariant($"{stage.Threads} {stage.SharedBytes} ")));

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    /// <summary>The prefix of the names of a variant's entry points.</summary>
    private static string NameOf(KernelVariant variant) => variant.Id.Replace('-', '_');

    [GeneratedRegex(@"(?://[^\n]*|\s)+")]
    private static partial Regex CommentOrSpace();
}
