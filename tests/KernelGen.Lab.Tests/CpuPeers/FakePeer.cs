using KernelGen.Lab.CpuPeers;
using KernelGen.Tensors;

namespace KernelGen.Lab.Tests.CpuPeers;

/// <summary>A peer whose contenders take a given time.</summary>
internal sealed class FakePeer(string name, TimeSpan time, List<string> log, float fault = 0, string? reason = null) : IPeer
{
    public string Name => name;

    public string Library => name.Split('-')[0];

    public string Version => "1.2";

    public List<FakeContender> Made { get; } = [];

    public string? ReasonAgainst(ComparedShape shape, ElementType elementType) => reason;

    public IContender Create(ComparedCall call, int threads)
    {
        if (time < TimeSpan.Zero)
            throw new NotSupportedException("It cannot.\nNo more of it.");

        Made.Add(new(name, call, time, log, fault));
        return Made[^1];
    }
}
