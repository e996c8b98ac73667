using System.Runtime.InteropServices;
using System.Text;

namespace KernelGen.Cuda.Interop;

/// <summary>Looks for a native library under several names and remembers what became of each.</summary>
internal sealed class NativeLibrarySearch
{
    private readonly StringBuilder _failures = new();

    /// <summary>Every name that was tried in vain, with the reason, one a line.</summary>
    public string Failures => _failures.ToString();

    /// <summary>Opens the first library that can be loaded and used.</summary>
    /// <typeparam name="T">The binding to it.</typeparam>
    /// <param name="candidates">Names and absolute paths, best first.</param>
    /// <param name="bind">Binds to a loaded library, or throws <see cref="EntryPointNotFoundException"/> or
    /// <see cref="DeviceNotUsableException"/>.</param>
    /// <returns>The binding, or null.</returns>
    public T? Open<T>(IEnumerable<string> candidates, Func<nint, string, T> bind)
        where T : class
    {
        foreach (string candidate in candidates)
        {
            try
            {
                return bind(NativeLibrary.Load(candidate), candidate);
            }
            catch (Exception fault) when (IsOfSearch(fault))
            {
                _failures.Append("\n  ").Append(candidate).Append(": ").Append(Reason(fault.Message, candidate));
            }
        }

        return null;
    }

    /// <summary>A fault of the loader, of the file system or of a library that answers with one, as opposed to one of a program.</summary>
    public static bool IsOfSearch(Exception fault) =>
        fault is TypeLoadException or BadImageFormatException or ExternalException or DeviceNotUsableException or CudaException
            or KernelCompilationException || Files.PrivateFolder.IsFault(fault);

    /// <summary>The address of an exported function.</summary>
    /// <exception cref="EntryPointNotFoundException">The library does not have it.</exception>
    public static nint Export(nint library, string name) => NativeLibrary.TryGetExport(library, name, out nint address)
        ? address
        : throw new EntryPointNotFoundException($"it is too old or something else: it has no {name}.");

    // The runtime's message begins with advice for its developers; what the system's loader said stands in the lines after it, for each
    // file name that was made of the candidate, the candidate itself first.
    private static string Reason(string message, string candidate)
    {
        string[] lines = message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string line = lines.Length > 1 ? lines[1] : lines[0];
        return line.StartsWith(candidate + ": ", StringComparison.Ordinal) ? line[(candidate.Length + 2)..] : line;
    }
}
