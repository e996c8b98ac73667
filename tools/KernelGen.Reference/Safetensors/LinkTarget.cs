namespace KernelGen.Reference.Safetensors;

/// <summary>Follows symbolic links, so that names can be compared and a link as output stays a link.</summary>
internal static class LinkTarget
{
    /// <summary>The full name of what a path leads to; the path's own full name when it is no link or does not exist.</summary>
    /// <exception cref="IOException">Links that lead in a circle.</exception>
    public static string Of(string path)
    {
        FileInfo file = new(path);
        return file.LinkTarget is null ? file.FullName : file.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
    }
}
