using KernelGen.Tensors;

namespace KernelGen.Lab.CpuPeers;

/// <summary>An operator of another library that computes attention.</summary>
public interface IPeer
{
    /// <summary>Its name in results, which begins with the library's.</summary>
    string Name { get; }

    /// <summary>The library, as it is chosen on the command line.</summary>
    string Library { get; }

    /// <summary>The library's version.</summary>
    string Version { get; }

    /// <summary>Why it does not compute a call; null when it does.</summary>
    /// <param name="shape">The call.</param>
    string? ReasonAgainst(ComparedShape shape, ElementType elementType);

    /// <summary>Gets ready to compute a call. What it throws is taken as the reason why it does not.</summary>
    IContender Create(ComparedCall call, int threads);
}
