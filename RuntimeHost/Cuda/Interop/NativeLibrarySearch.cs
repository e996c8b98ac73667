using System.Runtime.InteropServices;
using System.Text;

namespace KernelGen.Cuda.Interop;

/// <summary>Looks for a native library under several names and remembers what became of each.</summary>
internal sealed class NativeLibrarySearch
{
    private readonly List<string> _failures = [];

    /// <summary>The path or name that was loaded; null when none was.</summary>
    public string? LoadedFrom { get; private set; }

    /// <summary>Every name that was tried in vain, one a line.</summary>
    public string Failures
    {
        get
        {
            StringBuilder text = new();
            foreach (string failure in _failures)
            {
                text.Append("\n  ").Append(failure);
            }

            return text.ToString();
        }
    }

    /// <summary>Loads the first library that can be loaded.</summary>
    /// <param name="variable">An environment variable that, when set, is the only candidate.</param>
    /// <param name="candidates">Names and absolute paths in order.</param>
    /// <returns>The handle, or 0.</returns>
    public nint Load(string variable, IEnumerable<string> candidates)
    {
        if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } chosen)
        {
            candidates = [chosen];
        }

        foreach (string candidate in candidates)
        {
            try
            {
                nint handle = NativeLibrary.Load(candidate);
                LoadedFrom = candidate;
                return handle;
            }
            catch (Exception fault) when (fault is DllNotFoundException or BadImageFormatException)
            {
                string reason = fault.Message.Split('\n', 2)[0];
                _failures.Add($"{candidate}: {reason}");
            }
        }

        return 0;
    }
}
