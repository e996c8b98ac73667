using KernelGen.Tensors;

namespace KernelGen.Lab.CpuPeers;

/// <summary>A call that is compared with other libraries.</summary>
/// <param name="Name">Its name, in results and on the command line.</param>
/// <param name="Shape">Its sizes.</param>
/// <param name="Causal">Query i sees keys up to i.</param>
public sealed record ComparedShape(string Name, AttentionShape Shape, bool Causal = false, MaskForm Mask = MaskForm.None)
{
    /// <summary>The most queries of a call whose time is that of reading its keys and values.</summary>
    private const int MostQueriesOfDecode = 16;

    /// <summary>So few queries that the call is bound by memory: it is held against a read of its keys and values.</summary>
    public bool IsDecode => Shape.Queries <= MostQueriesOfDecode;

    /// <summary>
    /// Each query sees every key, so that causality changes nothing: the one query of a decode step is the last position.
    /// </summary>
    public bool SeesAllKeys => !Causal && Mask == MaskForm.None;

    /// <summary>Its sizes as they are written on the command line: <c>1,32/8,1024,1024,128,causal</c>.</summary>
    public string Sizes
    {
        get
        {
            string groups = Shape.KeyValueHeads == Shape.Heads
                ? ""
                : Invariant($"/{Shape.KeyValueHeads}");
            string kind = Causal ? ",causal" : Mask == MaskForm.None ? "" : $",{Mask.ToString().ToLowerInvariant()}";
            return Invariant($"{Shape.Batch},{Shape.Heads}{groups},{Shape.Queries},{Shape.Keys},{Shape.HeadDim}{kind}");
        }
    }
}
