using System.Runtime.InteropServices;

namespace KernelGen.Samples.Doctor;

/// <summary>The .NET runtime and the operating system.</summary>
internal static class RuntimeSection
{
    /// <summary>Looks.</summary>
    public static DoctorSection Examine(AttentionHost host)
    {
        string version = typeof(AttentionHost).Assembly.GetName().Version?.ToString(3) ?? "unknown";
        return new(
            "Runtime",
            [
                (".NET", RuntimeInformation.FrameworkDescription),
                ("system", RuntimeInformation.OSDescription),
                ("KernelGen", version),
                ("device", host.DeviceChoice),
            ],
            []);
    }
}
