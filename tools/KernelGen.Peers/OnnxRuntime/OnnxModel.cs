using Microsoft.ML.OnnxRuntime.Tensors;

namespace KernelGen.Peers.OnnxRuntime;

/// <summary>A model of a few operators; the numbers of fields are those of <c>onnx.proto</c>.</summary>
internal sealed class OnnxModel
{
    /// <summary>The name of the operators that ONNX Runtime adds to ONNX.</summary>
    public const string RuntimeOperators = "com.microsoft";

    private const int FormatVersion = 10;
    private const int NodeField = 1;
    private const int InputField = 11;
    private const int OutputField = 12;

    private readonly ProtobufMessage _graph = new ProtobufMessage().Add(2, "attention");

    /// <summary>Adds an input.</summary>
    public void AddInput(string name, TensorElementType elementType, long[] axes) =>
        _graph.Add(InputField, Declaration(name, elementType, axes));

    /// <summary>Adds an output.</summary>
    public void AddOutput(string name, TensorElementType elementType, long[] axes) =>
        _graph.Add(OutputField, Declaration(name, elementType, axes));

    /// <summary>Adds an operator.</summary>
    /// <param name="name">The operator.</param>
    /// <param name="inputs">Names of its inputs; an empty one stands for an input that is left out.</param>
    /// <param name="outputs">Names of its outputs.</param>
    /// <param name="domain">Empty for ONNX's own.</param>
    public void AddNode(string name, string[] inputs, string[] outputs, string domain = "", params OnnxAttribute[] attributes)
    {
        ProtobufMessage node = new();
        foreach (string input in inputs)
            node.Add(1, input);
        foreach (string output in outputs)
            node.Add(2, output);
        node.Add(3, $"{outputs[0]}_node").Add(4, name);
        foreach (OnnxAttribute attribute in attributes)
            node.Add(5, attribute.Message);
        _graph.Add(NodeField, domain.Length == 0 ? node : node.Add(7, domain));
    }

    /// <summary>The file.</summary>
    /// <param name="operators">The version of ONNX's operators.</param>
    public byte[] ToArray(int operators) => new ProtobufMessage()
        .Add(1, FormatVersion)
        .Add(7, _graph)
        .Add(8, new ProtobufMessage().Add(1, "").Add(2, operators))
        .Add(8, new ProtobufMessage().Add(1, RuntimeOperators).Add(2, 1))
        .Bytes.ToArray();

    private static ProtobufMessage Declaration(string name, TensorElementType elementType, long[] axes)
    {
        ProtobufMessage shape = new();
        foreach (long axis in axes)
            shape.Add(1, new ProtobufMessage().Add(1, axis));
        ProtobufMessage tensor = new ProtobufMessage().Add(1, (long)elementType).Add(2, shape);
        return new ProtobufMessage().Add(1, name).Add(2, new ProtobufMessage().Add(1, tensor));
    }
}
