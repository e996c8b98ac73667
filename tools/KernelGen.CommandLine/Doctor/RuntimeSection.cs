using System.Runtime.InteropServices;

namespace KernelGen.CommandLine.Doctor;

/// <summary>The .NET runtime and the operating system.</summary>
internal static class RuntimeSection
{
    /// <summary>Looks.</summary>
    public static DoctorSection Examine(AttentionHost host)
    {
        return new(
            "Runtime",
            [
                (".NET", RuntimeInformation.FrameworkDescription),
                ("system", RuntimeInformation.OSDescription),
                ("KernelGen", ProductVersion.Text),
                ("device", host.DeviceChoice),
            ],
            []);
    }
}
