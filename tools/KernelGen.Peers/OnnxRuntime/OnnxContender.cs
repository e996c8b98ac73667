using KernelGen.Lab.CpuPeers;
using KernelGen.Tensors;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace KernelGen.Peers.OnnxRuntime;

/// <summary>A call in ONNX Runtime: a model of one operator, or of a few, whose tensors lie in arrays of this object.</summary>
internal sealed class OnnxContender : IContender
{
    /// <summary>As good as hidden, and a number of every element type.</summary>
    private const float HiddenBias = -1e4f;

    private readonly ComparedCall _call;
    private readonly OnnxModel _model = new();
    private readonly List<(string Name, OrtValue Value)> _inputs = [];
    private readonly List<(string Name, OrtValue Value)> _outputs = [];
    private readonly TensorElementType _elementType;
    private readonly bool _headsSideBySide;
    private readonly Array _result;
    private readonly RunOptions _runOptions = new();
    private readonly InferenceSession _session;
    private readonly string[] _inputNames;
    private readonly string[] _outputNames;
    private readonly OrtValue[] _inputValues;
    private readonly OrtValue[] _outputValues;

    public OnnxContender(ComparedCall call, OnnxForm form, int threads)
    {
        _call = call;
        _elementType = call.ElementType == ElementType.Float16 ? TensorElementType.Float16 : TensorElementType.Float;
        _headsSideBySide = form is OnnxForm.MultiHead or OnnxForm.GroupQuery;
        _result = Narrow(new float[call.Query.Length]);
        int operators = form switch
        {
            OnnxForm.MultiHead => MultiHead(),
            OnnxForm.GroupQuery => GroupQuery(),
            OnnxForm.Attention => Attention(),
            _ => Graph(),
        };

        using SessionOptions options = new()
        {
            IntraOpNumThreads = threads,
            InterOpNumThreads = 1,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };

        // Threads that go on spinning after a call would take the processor from the next contender.
        options.AddSessionConfigEntry("session.force_spinning_stop", "1");
        _session = new(_model.ToArray(operators), options);
        _inputNames = [.. _inputs.Select(input => input.Name)];
        _inputValues = [.. _inputs.Select(input => input.Value)];
        _outputNames = [.. _outputs.Select(output => output.Name)];
        _outputValues = [.. _outputs.Select(output => output.Value)];
    }

    private AttentionShape Shape => _call.Shape.Shape;

    private float Scale => 1 / MathF.Sqrt(Shape.HeadDim);

    private int Causal => _call.Shape.Causal ? 1 : 0;

    /// <inheritdoc/>
    public void Run() => _session.Run(_runOptions, _inputNames, _inputValues, _outputNames, _outputValues);

    /// <inheritdoc/>
    public void ReadOutput(float[] output)
    {
        float[] wide = _result as float[] ?? [.. ((Float16[])_result).Select(number => (float)number)];
        if (!_headsSideBySide)
        {
            wide.CopyTo(output, 0);
            return;
        }

        // [batch, rows, heads, head dim] to [batch, heads, rows, head dim]: the same exchange of two axes, back.
        Exchange(wide, Shape.Batch, Shape.Queries, Shape.Heads, Shape.HeadDim).CopyTo(output, 0);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _session?.Dispose();
        _runOptions.Dispose();
        foreach ((_, OrtValue value) in _inputs.Concat(_outputs))
            value.Dispose();
    }

    // Each adds operators and tensors, and returns the version of ONNX's operators.
    private int MultiHead()
    {
        List<string> inputs = ["query", "key", "value"];
        SideBySide("query", _call.Query, Shape.Heads, Shape.Queries);
        SideBySide("key", _call.Key, Shape.Heads, Shape.Keys);
        SideBySide("value", _call.Value, Shape.Heads, Shape.Keys);
        if (_call.Shape.Mask == MaskForm.Padding)
        {
            int[] visible = [.. _call.Attend!.Select(attend => attend ? 1 : 0)];
            Input("padding", TensorElementType.Int32, visible, [Shape.Batch, Shape.Keys]);
            inputs.AddRange(["", "padding"]);
        }
        else if (Bias(HiddenBias) is { } bias)
        {
            Input("bias", bias, [.. _call.MaskAxes.Select(axis => (long)axis)]);
            inputs.AddRange(["", "", "bias"]);
        }

        Output([Shape.Batch, Shape.Queries, Shape.Heads * Shape.HeadDim]);
        _model.AddNode(
            "MultiHeadAttention", [.. inputs], ["output"], OnnxModel.RuntimeOperators,
            OnnxAttribute.Of("num_heads", Shape.Heads), OnnxAttribute.Of("scale", Scale), OnnxAttribute.Of("unidirectional", Causal));
        return 21;
    }

    private int GroupQuery()
    {
        // The last rows of the keys are those of the new queries; the operator writes them into the cache, where they are already.
        int past = Shape.Keys - Shape.Queries;
        SideBySide("query", _call.Query, Shape.Heads, Shape.Queries);
        SideBySide("key", Rows(_call.Key, past), Shape.KeyValueHeads, Shape.Queries);
        SideBySide("value", Rows(_call.Value, past), Shape.KeyValueHeads, Shape.Queries);
        long[] axes = [Shape.Batch, Shape.KeyValueHeads, Shape.Keys, Shape.HeadDim];
        Array keys = Narrow(_call.Key), values = Narrow(_call.Value);
        Input("past_key", _elementType, keys, axes);
        Input("past_value", _elementType, values, axes);
        int[] last = new int[Shape.Batch];
        last.AsSpan().Fill(Shape.Keys - 1);
        Input("last", TensorElementType.Int32, last, [Shape.Batch]);
        Input("total", TensorElementType.Int32, new[] { Shape.Keys }, [1]);
        Output([Shape.Batch, Shape.Queries, Shape.Heads * Shape.HeadDim]);
        Output("present_key", keys, axes);
        Output("present_value", values, axes);
        _model.AddNode(
            "GroupQueryAttention", ["query", "key", "value", "past_key", "past_value", "last", "total"],
            ["output", "present_key", "present_value"], OnnxModel.RuntimeOperators,
            OnnxAttribute.Of("num_heads", Shape.Heads), OnnxAttribute.Of("kv_num_heads", Shape.KeyValueHeads),
            OnnxAttribute.Of("scale", Scale));
        return 21;
    }

    private int Attention()
    {
        List<string> inputs = ["query", "key", "value"];
        HeadByHead();
        if (_call.Attend is { } attend)
        {
            // The operator does not spread a mask over the axis of queries.
            bool[] spread = _call.Shape.Mask == MaskForm.Padding ? SpreadOverQueries(attend) : attend;
            Input("mask", TensorElementType.Bool, spread, [spread.Length / (Shape.Queries * Shape.Keys), 1, Shape.Queries, Shape.Keys]);
            inputs.Add("mask");
        }
        else if (_call.Bias is { } bias)
        {
            Input("mask", bias, [.. _call.MaskAxes.Select(axis => (long)axis)]);
            inputs.Add("mask");
        }

        Output([Shape.Batch, Shape.Heads, Shape.Queries, Shape.HeadDim]);
        _model.AddNode(
            "Attention", [.. inputs], ["output"], "", OnnxAttribute.Of("is_causal", Causal), OnnxAttribute.Of("scale", Scale));
        return 23;
    }

    private int Graph()
    {
        HeadByHead();
        Input("scale", new[] { Scale }, [1]);
        _model.AddNode("Transpose", ["key"], ["columns"], "", OnnxAttribute.Of("perm", [0, 1, 3, 2]));
        _model.AddNode("MatMul", ["query", "columns"], ["products"]);
        _model.AddNode("Mul", ["products", "scale"], ["scores"]);
        string scores = "scores";
        float[]? bias = _call.Shape.Causal ? CausalBias() : Bias(float.NegativeInfinity);
        if (bias is not null)
        {
            long[] axes = _call.Shape.Causal ? [1, 1, Shape.Queries, Shape.Keys] : [.. _call.MaskAxes.Select(axis => (long)axis)];
            Input("bias", bias, axes);
            _model.AddNode("Add", ["scores", "bias"], ["masked"]);
            scores = "masked";
        }

        _model.AddNode("Softmax", [scores], ["weights"], "", OnnxAttribute.Of("axis", -1));
        _model.AddNode("MatMul", ["weights", "value"], ["output"]);
        Output([Shape.Batch, Shape.Heads, Shape.Queries, Shape.HeadDim]);
        return 17;
    }

    private void HeadByHead()
    {
        Input("query", _call.Query, [Shape.Batch, Shape.Heads, Shape.Queries, Shape.HeadDim]);
        Input("key", _call.Key, [Shape.Batch, Shape.KeyValueHeads, Shape.Keys, Shape.HeadDim]);
        Input("value", _call.Value, [Shape.Batch, Shape.KeyValueHeads, Shape.Keys, Shape.HeadDim]);
    }

    private void SideBySide(string name, float[] tensor, int heads, int rows) => Input(
        name, Exchange(tensor, Shape.Batch, heads, rows, Shape.HeadDim), [Shape.Batch, rows, heads * Shape.HeadDim]);

    private void Input(string name, float[] tensor, long[] axes) => Input(name, _elementType, Narrow(tensor), axes);

    private void Input(string name, TensorElementType elementType, Array tensor, long[] axes)
    {
        _model.AddInput(name, elementType, axes);
        _inputs.Add((name, Value(tensor, axes)));
    }

    private void Output(long[] axes) => Output("output", _result, axes);

    private void Output(string name, Array tensor, long[] axes)
    {
        _model.AddOutput(name, _elementType, axes);
        _outputs.Add((name, Value(tensor, axes)));
    }

    private static OrtValue Value(Array tensor, long[] axes) => tensor switch
    {
        float[] numbers => OrtValue.CreateTensorValueFromMemory(numbers, axes),
        Float16[] numbers => OrtValue.CreateTensorValueFromMemory(numbers, axes),
        int[] numbers => OrtValue.CreateTensorValueFromMemory(numbers, axes),
        bool[] numbers => OrtValue.CreateTensorValueFromMemory(numbers, axes),
        _ => throw new NotSupportedException($"{tensor.GetType()} is no tensor here."),
    };

    // A copy: each contender has tensors of its own.
    private Array Narrow(float[] tensor) => _elementType == TensorElementType.Float
        ? (float[])tensor.Clone()
        : Array.ConvertAll(tensor, number => new Float16(BitConverter.HalfToUInt16Bits((Half)number)));

    private float[]? Bias(float hidden) =>
        _call.Bias ?? (_call.Attend is { } attend ? Array.ConvertAll(attend, visible => visible ? 0 : hidden) : null);

    private float[] CausalBias()
    {
        float[] bias = new float[Shape.Queries * Shape.Keys];
        for (int row = 0; row < Shape.Queries; row++)
            bias.AsSpan((row * Shape.Keys) + row + 1, Shape.Keys - row - 1).Fill(float.NegativeInfinity);
        return bias;
    }

    private bool[] SpreadOverQueries(bool[] mask)
    {
        bool[] spread = new bool[Shape.Batch * Shape.Queries * Shape.Keys];
        for (int row = 0; row < Shape.Batch * Shape.Queries; row++)
            mask.AsSpan(row / Shape.Queries * Shape.Keys, Shape.Keys).CopyTo(spread.AsSpan(row * Shape.Keys));
        return spread;
    }

    // The rows of every head from one on.
    private float[] Rows(float[] tensor, int from)
    {
        int rows = Shape.Keys - from;
        float[] last = new float[Shape.Batch * Shape.KeyValueHeads * rows * Shape.HeadDim];
        for (int head = 0; head < Shape.Batch * Shape.KeyValueHeads; head++)
        {
            tensor.AsSpan(((head * Shape.Keys) + from) * Shape.HeadDim, rows * Shape.HeadDim)
                .CopyTo(last.AsSpan(head * rows * Shape.HeadDim));
        }

        return last;
    }

    // [batch, outer, inner, elements] to [batch, inner, outer, elements].
    private static float[] Exchange(float[] tensor, int batch, int outer, int inner, int elements)
    {
        float[] exchanged = new float[tensor.Length];
        for (int row = 0; row < batch * outer * inner; row++)
        {
            (int rest, int i) = Math.DivRem(row, inner);
            (int item, int o) = Math.DivRem(rest, outer);
            tensor.AsSpan(row * elements, elements).CopyTo(exchanged.AsSpan(((((item * inner) + i) * outer) + o) * elements));
        }

        return exchanged;
    }
}
