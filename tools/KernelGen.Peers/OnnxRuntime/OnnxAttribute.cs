namespace KernelGen.Peers.OnnxRuntime;

/// <summary>An attribute of an operator; the numbers of fields and types are those of <c>AttributeProto</c>.</summary>
internal sealed class OnnxAttribute
{
    private const int NameField = 1;
    private const int SingleField = 2;
    private const int IntegerField = 3;
    private const int IntegersField = 8;
    private const int TypeField = 20;
    private const int SingleType = 1;
    private const int IntegerType = 2;
    private const int IntegersType = 7;

    private OnnxAttribute(ProtobufMessage message) => Message = message;

    /// <summary>The attribute as ONNX writes it.</summary>
    public ProtobufMessage Message { get; }

    /// <summary>A whole number.</summary>
    public static OnnxAttribute Of(string name, int value) =>
        new(new ProtobufMessage().Add(NameField, name).Add(IntegerField, value).Add(TypeField, IntegerType));

    /// <summary>A number.</summary>
    public static OnnxAttribute Of(string name, float value) =>
        new(new ProtobufMessage().Add(NameField, name).Add(SingleField, value).Add(TypeField, SingleType));

    /// <summary>Whole numbers.</summary>
    public static OnnxAttribute Of(string name, int[] values)
    {
        ProtobufMessage message = new ProtobufMessage().Add(NameField, name);
        foreach (int value in values)
            message.Add(IntegersField, value);
        return new(message.Add(TypeField, IntegersType));
    }
}
