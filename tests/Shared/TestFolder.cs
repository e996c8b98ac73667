namespace KernelGen.Tests.Shared;

/// <summary>A folder of its own for a test, removed with everything in it.</summary>
internal sealed class TestFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kernelgen-");

    public string this[string name] => System.IO.Path.Combine(_folder.FullName, name);

    public string Path => _folder.FullName;

    public string[] Files => [.. _folder.GetFiles().Select(file => file.Name).Order(StringComparer.Ordinal)];

    public void Dispose() => _folder.Delete(recursive: true);
}
