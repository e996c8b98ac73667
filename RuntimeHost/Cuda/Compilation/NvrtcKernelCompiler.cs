using System.Runtime.InteropServices;
using System.Text;
using KernelGen.Cuda.Interop;
using KernelGen.Kernels;

namespace KernelGen.Cuda.Compilation;

/// <summary>Compiles with NVRTC. The sources need no toolkit headers, so there is no include path to get wrong.</summary>
internal sealed unsafe class NvrtcKernelCompiler(Nvrtc nvrtc) : IKernelCompiler
{
    /// <summary>The options that decide what code is made, besides the macros of a kernel's specialisation.</summary>
    public const string CodeOptions = LanguageOption;

    private const string LanguageOption = "--std=c++17";

    /// <summary>Has the log tell registers and spills of each kernel; changes nothing in the code.</summary>
    private const string VerboseAssemblerOption = "--ptxas-options=-v";

    /// <summary>
    /// From version 12.9 on NVRTC may answer from a cache of its own, without the assembler's log; code is kept by
    /// <see cref="CubinCache"/>.
    /// </summary>
    private const string NoCacheOption = "--no-cache";

    private static readonly Version _firstWithCache = new(12, 9);

    /// <inheritdoc/>
    public string Identity =>
        Invariant($"nvrtc {nvrtc.Version} {LanguageOption} {VerboseAssemblerOption}");

    /// <inheritdoc/>
    public string ArchitectureFor(int computeCapability)
    {
        IReadOnlyList<int> known = nvrtc.SupportedArchitectures;
        if (known.Contains(computeCapability))
        {
            return Invariant($"sm_{computeCapability}");
        }

        int newest = known.LastOrDefault(architecture => architecture < computeCapability);
        return newest != 0
            ? Invariant($"compute_{newest}")
            : throw new DeviceNotUsableException(
                Invariant($"NVRTC {nvrtc.Version} makes code for compute capability {known[0] / 10}.{known[0] % 10} and newer; ")
                    + Invariant($"this GPU has {computeCapability / 10}.{computeCapability % 10}. ")
                    + "Install an older NVRTC (12.x goes back to 5.0), or use the CPU.");
    }

    /// <inheritdoc/>
    public KernelImage Compile(SpecializedKernel kernel, string architecture)
    {
        KernelVariant variant = kernel.Variant;
        CudaKernelSource source = variant.Cuda ?? throw new ArgumentException($"{variant.Id} is not a CUDA variant.", nameof(variant));
        List<nint> strings = [];
        nint program = 0;
        try
        {
            int count = source.Headers.Count;
            byte** headers = stackalloc byte*[count];
            byte** names = stackalloc byte*[count];
            for (int i = 0; i < count; i++)
            {
                headers[i] = Terminated(source.Headers[i].Text(), strings);
                names[i] = Terminated(Encoding.UTF8.GetBytes(source.Headers[i].Name), strings);
            }

            byte* text = Terminated(source.Text(), strings);
            byte* fileName = Terminated(Encoding.UTF8.GetBytes(FileName(variant)), strings);
            Require(nvrtc.CreateProgram(&program, text, fileName, count, headers, names), "nvrtcCreateProgram", kernel);

            bool machineCode = architecture.StartsWith("sm_", StringComparison.Ordinal);
            string[] chosen = [.. OptionsFor(kernel.Specialization, architecture, machineCode)];
            byte** options = stackalloc byte*[chosen.Length];
            for (int i = 0; i < chosen.Length; i++)
            {
                options[i] = Terminated(Encoding.UTF8.GetBytes(chosen[i]), strings);
            }

            int result = nvrtc.CompileProgram(program, chosen.Length, options);
            if (result != 0)
            {
                throw new KernelCompilationException(
                    kernel.Name, $"nvrtcCompileProgram for {architecture} failed with {nvrtc.Text(result)}",
                    CompileLog.WithSourceLines(Log(program), Sources(variant)));
            }

            return new(machineCode ? KernelImageKind.Cubin : KernelImageKind.Ptx, Image(program, kernel, machineCode))
            {
                Log = Log(program),
            };
        }
        finally
        {
            if (program != 0)
            {
                _ = nvrtc.DestroyProgram(&program);
            }

            foreach (nint text in strings)
            {
                NativeMemory.Free((void*)text);
            }
        }
    }

    // PTX is assembled by the driver, when it is loaded.
    private IEnumerable<string> OptionsFor(KernelSpecialization specialization, string architecture, bool machineCode) =>
    [
        "--gpu-architecture=" + architecture,
        LanguageOption,
        .. specialization.Macros.Select(macro => "--define-macro=" + macro),
        .. machineCode ? [VerboseAssemblerOption] : (ReadOnlySpan<string>)[],
        .. nvrtc.Version >= _firstWithCache ? [NoCacheOption] : (ReadOnlySpan<string>)[],
    ];

    private static string FileName(KernelVariant variant) => variant.Id + ".cu";

    private static IEnumerable<(string Name, string Text)> Sources(KernelVariant variant) =>
    [
        (FileName(variant), Encoding.UTF8.GetString(variant.Cuda!.Text())),
        .. variant.Cuda!.Headers.Select(header => (header.Name, Encoding.UTF8.GetString(header.Text()))),
    ];

    private static byte* Terminated(ReadOnlySpan<byte> text, List<nint> strings)
    {
        byte* copy = (byte*)NativeMemory.Alloc((nuint)text.Length + 1);
        text.CopyTo(new(copy, text.Length));
        copy[text.Length] = 0;
        strings.Add((nint)copy);
        return copy;
    }

    private byte[] Image(nint program, SpecializedKernel kernel, bool machineCode)
    {
        nuint size;
        Require(
            machineCode ? nvrtc.GetCubinSize(program, &size) : nvrtc.GetPtxSize(program, &size),
            machineCode ? "nvrtcGetCUBINSize" : "nvrtcGetPTXSize",
            kernel);
        byte[] image = new byte[size];
        fixed (byte* first = image)
        {
            Require(
                machineCode ? nvrtc.GetCubin(program, first) : nvrtc.GetPtx(program, first), machineCode ? "nvrtcGetCUBIN" : "nvrtcGetPTX",
                kernel);
        }

        return image;
    }

    private string Log(nint program)
    {
        nuint size;
        if (nvrtc.GetProgramLogSize(program, &size) != 0 || size <= 1)
        {
            return "";
        }

        byte[] log = new byte[size];
        fixed (byte* first = log)
        {
            return nvrtc.GetProgramLog(program, first) == 0 ? Encoding.UTF8.GetString(log).TrimEnd('\0', '\n') : "";
        }
    }

    private void Require(int result, string call, SpecializedKernel kernel)
    {
        if (result != 0)
        {
            throw new KernelCompilationException(kernel.Name, $"{call} failed with {nvrtc.Text(result)}", "");
        }
    }
}
