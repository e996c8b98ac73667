namespace KernelGen.Peers.OnnxRuntime;

/// <summary>Ways to compute attention in ONNX Runtime.</summary>
internal enum OnnxForm
{
    /// <summary><c>MultiHeadAttention</c> of ONNX Runtime: rows of all heads side by side.</summary>
    MultiHead,

    /// <summary><c>Attention</c> of ONNX, version 23.</summary>
    Attention,

    /// <summary><c>GroupQueryAttention</c> of ONNX Runtime, with a cache of keys and values that it writes the new ones into.</summary>
    GroupQuery,

    /// <summary>Products, softmax and what else a model without any of these has.</summary>
    Graph,
}
