using System.Reflection;
using System.Runtime.InteropServices;

namespace KernelGen.Peers.Torch;

/// <summary>PyTorch's library, as far as it can be loaded.</summary>
internal static class TorchLibrary
{
    private static readonly Lazy<string?> Reason = new(Load);

    /// <summary>Why PyTorch cannot be compared with on this machine; null when it can.</summary>
    public static string? ReasonAgainst => Reason.Value;

    /// <summary>The versions of PyTorch and of TorchSharp.</summary>
    public static string Version
    {
        get
        {
            string sharp = typeof(TorchSharp.torch).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
                .InformationalVersion.Split('+')[0];
            return ReasonAgainst is null ? $"{TorchSharp.torch.__version__} by TorchSharp {sharp}" : $"not loaded: {ReasonAgainst}";
        }
    }

    private static string? Load()
    {
        string file = Path.Combine(AppContext.BaseDirectory, "libLibTorchSharp.so");
        if (!OperatingSystem.IsLinux() || !File.Exists(file))
            return Try(() => TorchSharp.torch.InitializeDeviceType(TorchSharp.DeviceType.CPU));

        // Loading it first shows what is missing, which TorchSharp does not tell.
        string? fault = Try(() => NativeLibrary.Load(file));
        if (fault?.Contains(NewerCppLibrary.Version, StringComparison.Ordinal) == true)
        {
            NewerCppLibrary.MakeOptional(file);
            fault = Try(() => NativeLibrary.Load(file));
        }

        return fault ?? Try(() => TorchSharp.torch.InitializeDeviceType(TorchSharp.DeviceType.CPU));
    }

    // The loader's own words come last, after advice.
    private static string? Try(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (Exception fault)
        {
            string[] lines = fault.GetBaseException().Message
                .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            string? missing = lines.FirstOrDefault(line => line.Contains("not found", StringComparison.Ordinal));
            return $"libtorch cannot be loaded: {missing ?? lines[^1]}";
        }
    }
}
