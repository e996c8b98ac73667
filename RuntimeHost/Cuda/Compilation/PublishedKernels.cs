using KernelGen.Kernels;

namespace KernelGen.Cuda.Compilation;

/// <summary>
/// Compiles the kernels of an application into the folder that is published with it: what the package's MSBuild target
/// <c>KernelGenPrecompile</c> does.
/// </summary>
public static class PublishedKernels
{
    private const int Done = 0;
    private const int Failed = 1;
    private const int BadInput = 2;
    private const int NoCompiler = 4;

    /// <summary>Compiles what the folder does not have yet, and removes what the application does not have any more.</summary>
    /// <param name="catalogues">The kernels of the application's classes.</param>
    /// <param name="architectures">Compute capabilities, such as <c>8.6;8.9;9.0</c>.</param>
    /// <param name="masks"><c>none</c>, <c>general</c> or <c>both</c>: for calls without a Boolean or additive mask, with one, or
    /// both.</param>
    /// <param name="experimental">Kernels that are only planned with where they are switched on, such as <c>Hopper</c>; <c>None</c> leaves
    /// them out.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="output">Told what is done; faults as lines that MSBuild reads as errors.</param>
    /// <returns>The exit code of a process: 0 when all is done.</returns>
    public static int Compile(
        IEnumerable<KernelCatalogue> catalogues, string architectures, string masks, string experimental, string folder, TextWriter output)
    {
        ArgumentNullException.ThrowIfNull(output);
        try
        {
            return Compile(catalogues, architectures, masks, experimental, folder, output, AdvanceCompiler.Create);
        }
        catch (DeviceNotUsableException fault)
        {
            return Fault(output, NoCompiler, fault.Message);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return Fault(output, Failed, fault.Message);
        }
    }

    /// <summary>As the public method, with another compiler.</summary>
    internal static int Compile(
        IEnumerable<KernelCatalogue> catalogues,
        string architectures,
        string masks,
        string experimental,
        string folder,
        TextWriter output,
        Func<AdvanceCompiler> createCompiler)
    {
        bool valid = CudaArchitecture.TryParseList(architectures, out IReadOnlyList<CudaArchitecture> chosen, out string wrong);
        if (!valid || chosen.Count == 0)
        {
            return Fault(
                output,
                BadInput,
                $"KernelGenPrecompile is '{architectures}', with '{wrong}' in it; it must be compute capabilities from 7.5 on, such as "
                    + "8.6;9.0.");
        }

        KernelSpecialization[]? specializations = masks switch
        {
            "none" => [KernelSpecialization.None],
            "general" => [KernelSpecialization.Masked],
            "both" => [KernelSpecialization.None, KernelSpecialization.Masked],
            _ => null,
        };
        if (specializations is null)
        {
            return Fault(output, BadInput, $"KernelGenPrecompileMasks is '{masks}'; it must be none, general or both.");
        }

        if (!Enum.TryParse(experimental, ignoreCase: true, out ExperimentalKernels taken) || int.TryParse(experimental, out _))
        {
            string names = string.Join(" or ", Enum.GetNames<ExperimentalKernels>());
            return Fault(output, BadInput, $"KernelGenPrecompileExperimental is '{experimental}'; it must be {names}.");
        }

        AdvanceCompiler compiler = createCompiler();
        KernelsFolderWriter writer = new(folder, compiler.Identity);
        IEnumerable<KernelVariant> variants = catalogues.SelectMany(catalogue => catalogue.Variants.ToArray());
        IReadOnlyList<CompilationRequest> requests = AdvanceCompiler.Requests(
            variants.Where(variant => (variant.Experimental & ~taken) == 0), chosen, specializations);
        CompilationRequest[] missing = [.. requests.Where(request => !writer.TryKeep(request))];
        IReadOnlyList<KernelCompilation> results = compiler.Compile(missing, progress =>
        {
            if (progress.Latest.Image is not null)
            {
                writer.Add(progress.Latest);
            }
        });
        writer.Commit(removeOthers: true);

        KernelCompilation[] refused = [.. results.Where(result => result.Fault is not null)];
        foreach (KernelCompilation result in refused)
        {
            Fault(output, Failed, $"{result.Request.ArchitectureName}: {result.Fault!.Message}");
        }

        string capabilities = string.Join(", ", chosen.Select(architecture => architecture.ComputeCapabilityText));
        int compiled = results.Count - refused.Length;
        output.WriteLine(
            Invariant($"KernelGen: {requests.Count} kernels for {capabilities}: {compiled} compiled, ")
                + Invariant($"{requests.Count - missing.Length} as they were"));
        return refused.Length == 0 ? Done : Failed;
    }

    private static int Fault(TextWriter output, int code, string message)
    {
        output.WriteLine($"KernelGen : error KernelGenPrecompile: {message.ReplaceLineEndings(" ")}");
        return code;
    }
}
