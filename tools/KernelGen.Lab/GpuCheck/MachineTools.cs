using System.Globalization;

namespace KernelGen.Lab.GpuCheck;

/// <summary>Programs and libraries of this machine that the check uses where they are.</summary>
internal sealed class MachineTools
{
    private const string CompilerVariable = "KERNELGEN_NVRTC_LIBRARY";
    private const string CapabilityVariable = "CUDA_EMULATOR_COMPUTE_CAPABILITY";

    private readonly CheckRun _run;
    private readonly Lazy<Dictionary<string, string>> _environment;

    public MachineTools(CheckRun run) => (_run, _environment) = (run, new(CreateEnvironment));

    /// <summary>The Python that may have torch.</summary>
    public string Python { get; } = System.Environment.GetEnvironmentVariable("PYTHON") is { Length: > 0 } python ? python : "python3";

    /// <summary>Variables of every process.</summary>
    public IReadOnlyDictionary<string, string> Environment => _environment.Value;

    /// <summary>NVIDIA's sanitizer; null where it is not installed.</summary>
    public string? Sanitizer
    {
        get
        {
            IEnumerable<string> onPath = (System.Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
                .Where(folder => folder.Length > 0).Select(folder => Path.Combine(folder, "compute-sanitizer"));
            IEnumerable<string> inToolkits = Toolkits.SelectMany(toolkit => (string[])
                [Path.Combine(toolkit, "bin", "compute-sanitizer"), Path.Combine(toolkit, "compute-sanitizer", "compute-sanitizer")]);
            return onPath.Concat(inToolkits).FirstOrDefault(File.Exists);
        }
    }

    /// <summary>The GPU's name as the name of a file, such as <c>h200</c>.</summary>
    public string GpuName
    {
        get
        {
            string answer = _run.Ask("nvidia-smi", "--query-gpu=name", "--format=csv,noheader").Split('\n')[0];
            string name = answer.ToLower(CultureInfo.InvariantCulture).Replace(' ', '-');
            name = name.StartsWith("nvidia-", StringComparison.Ordinal) ? name["nvidia-".Length..] : name;
            name = string.Concat(
                name.Where(character => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character == '-'));
            return name.Length > 0 ? name : "gpu";
        }
    }

    private static string[] Toolkits =>
        Directory.Exists("/usr/local") ? [.. Directory.GetDirectories("/usr/local", "cuda*").Order(StringComparer.Ordinal)] : [];

    private Dictionary<string, string> CreateEnvironment()
    {
        Dictionary<string, string> environment = new()
        {
            // NVRTC keeps what it compiled, and then says nothing of registers and spills.
            ["CUDA_CACHE_DISABLE"] = "1",

            // The bundle stays as it is.
            ["PYTHONDONTWRITEBYTECODE"] = "1",
        };
        if (_run.Options.Smoke && System.Environment.GetEnvironmentVariable(CapabilityVariable) is null)
            environment[CapabilityVariable] = "9.0";
        if (System.Environment.GetEnvironmentVariable(CompilerVariable) is not { Length: > 0 } && CompilerOfPython() is { } compiler)
            environment[CompilerVariable] = compiler;
        return environment;
    }

    // The host finds NVRTC in the toolkit's folders and in those of pip's wheels; a virtual environment that is not active is only known to
    // its Python.
    private string? CompilerOfPython()
    {
        if (_run.Ask("ldconfig", "-p").Contains("libnvrtc.so.1", StringComparison.Ordinal))
            return null;

        string packages = Path.Combine(_run.Ask(Python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").Trim(), "nvidia");
        return Directory.Exists(packages)
            ? Directory.GetFiles(packages, "libnvrtc.so.1?", SearchOption.AllDirectories).Order(StringComparer.Ordinal).LastOrDefault()
            : null;
    }
}
