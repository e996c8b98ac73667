using KernelGen.Generator.Model;

namespace KernelGen.Generator.Emission;

/// <summary>Keeps the files of classes apart whose names differ in case only.</summary>
internal static class FileNames
{
    /// <summary>The names that another one equals but for case, in ordinal order.</summary>
    public static EquatableArray<string> Ambiguous(IEnumerable<string> names) => new(
    [
        .. names.Distinct().GroupBy(static name => name, StringComparer.OrdinalIgnoreCase).Where(static group => group.Count() > 1)
            .SelectMany(static group => group).OrderBy(static name => name, StringComparer.Ordinal),
    ]);

    /// <summary>A class with an ambiguous name gets a suffix that depends on the name alone.</summary>
    public static ModelClass MakeUnambiguous(ModelClass modelClass, EquatableArray<string> ambiguous) =>
        ambiguous.Contains(modelClass.FileName)
        ? modelClass with { FileName = Invariant($"{modelClass.FileName}.{Hash(modelClass.FileName):x8}") }
        : modelClass;

    // FNV-1a: the same in every process, which string.GetHashCode is not.
    private static uint Hash(string name)
    {
        uint hash = 2166136261;
        foreach (char character in name)
            hash = unchecked((hash ^ character) * 16777619);
        return hash;
    }
}
