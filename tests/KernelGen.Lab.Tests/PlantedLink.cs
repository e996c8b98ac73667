namespace KernelGen.Lab.Tests;

/// <summary>A link that somebody put where a program might write, to have it write to another file.</summary>
internal sealed class PlantedLink
{
    private const string Content = "not to be touched";
    private readonly string _target;
    private readonly string _link;

    public PlantedLink(TestFolder folder, string name)
    {
        (_target, _link) = (folder["target"], folder[name]);
        File.WriteAllText(_target, Content);
        File.CreateSymbolicLink(_link, _target);
    }

    public void AssertUntouched()
    {
        AssertTargetUntouched();
        Assert.AreEqual(_target, new FileInfo(_link).LinkTarget);
    }

    /// <summary>A file of the link's name may have taken the link's place.</summary>
    public bool AssertTargetUntouched()
    {
        Assert.AreEqual(Content, File.ReadAllText(_target));
        return true;
    }
}
