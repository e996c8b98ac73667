using System.Diagnostics;

namespace KernelGen.Samples.Tests.Cuda;

/// <summary>
/// The tool behind the MSBuild target of the package: finds the annotated classes of an application that was built.
/// <c>build/package-test.sh</c> publishes with it.
/// </summary>
[TestClass]
[MemberCondition(typeof(Repository), nameof(Repository.IsThere), IgnoreMessage = NoRepository)]
public sealed class PrecompileToolTests
{
    private const string NoRepository = "This needs the source tree that the tests were built from.";

    private const string Fault = "KernelGen : error KernelGenPrecompile: ";

    public TestContext TestContext { get; set; } = null!;

    private static string Samples => Path.Combine(AppContext.BaseDirectory, "KernelGen.Samples.dll");

    [TestMethod]
    public void ApplicationWithKernels_IsHandedToItsOwnRuntimeHost()
    {
        (int code, string output) = Run(Samples, "7.0", "both", "none", TestContext.TestTempDirectory!);
        Assert.AreEqual(2, code);
        Assert.AreEqual(
            Fault + "KernelGenPrecompile is '7.0', with '7.0' in it; it must be compute capabilities from 7.5 on, such as 8.6;9.0.",
            output);
    }

    [TestMethod]
    public void ApplicationWithoutKernels_IsAnError()
    {
        string other = Path.Combine(AppContext.BaseDirectory, "Spectre.Console.dll");
        (int code, string output) = Run(other, "8.6", "both", "none", TestContext.TestTempDirectory!);
        Assert.AreEqual(2, code);
        Assert.Contains("Spectre.Console.dll does not use KernelGen.RuntimeHost", output);

        (code, output) = Run("missing.dll", "8.6", "both", "none", TestContext.TestTempDirectory!);
        Assert.AreEqual(2, code);
        Assert.Contains("missing.dll is not there", output);
    }

    [TestMethod]
    public void MissingArgument_IsTheUsage()
    {
        (int code, string output) = Run(Samples);
        Assert.AreEqual(2, code);
        Assert.Contains("usage: KernelGen.Precompile", output);
    }

    private static (int Code, string Output) Run(params string[] arguments)
    {
        string configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        string folder = Path.Combine(Repository.Folder!, "tools", "KernelGen.Precompile", "bin", configuration, "net10.0");
        string[] command = ["exec", Path.Combine(folder, "KernelGen.Precompile.dll"), .. arguments];
        using Process process = Process.Start(new ProcessStartInfo("dotnet", command) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output.TrimEnd());
    }
}
