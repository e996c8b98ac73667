namespace KernelGen.Reference.Safetensors;

/// <summary>A safetensors file cannot be read or written. The message names the file and the fault in one line.</summary>
public sealed class SafetensorsException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="path">The file, as the caller named it.</param>
    /// <param name="fault">What is wrong with it.</param>
    /// <param name="innerException">What the system said; null for nothing.</param>
    public SafetensorsException(string path, string fault, Exception? innerException = null)
        : base($"{path}: {fault}", innerException)
    {
        Path = path;
        Fault = fault;
    }

    /// <summary>The file, as the caller named it.</summary>
    public string Path { get; }

    /// <summary>The fault.</summary>
    public string Fault { get; }
}
