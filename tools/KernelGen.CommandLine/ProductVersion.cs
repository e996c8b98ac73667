using System.Reflection;

namespace KernelGen.CommandLine;

/// <summary>The version of KernelGen.</summary>
public static class ProductVersion
{
    /// <summary>As its package is numbered, with the commit where the build knows it: <c>0.1.0</c>.</summary>
    public static string Text { get; } =
        typeof(AttentionHost).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
}
