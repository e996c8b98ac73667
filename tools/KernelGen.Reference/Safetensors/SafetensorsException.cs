namespace KernelGen.Samples.Safetensors;

/// <summary>A safetensors file cannot be read or written. The message names the file and the fault in one line.</summary>
internal sealed class SafetensorsException : Exception
{
    public SafetensorsException(string path, string fault, Exception? innerException = null)
        : base($"{path}: {fault}", innerException)
    {
        Path = path;
        Fault = fault;
    }

    /// <summary>The file, as the caller named it.</summary>
    public string Path { get; }

    /// <summary>What is wrong with it.</summary>
    public string Fault { get; }
}
