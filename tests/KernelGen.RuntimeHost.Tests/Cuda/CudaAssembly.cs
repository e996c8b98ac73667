namespace KernelGen.RuntimeHost.Tests.Cuda;

[TestClass]
public static class CudaAssembly
{
    [AssemblyCleanup]
    public static void DeleteCache() => CudaTest.DeleteCache();
}
