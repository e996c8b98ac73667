using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using KernelGen.Generator.Emission;
using KernelGen.Generator.Rendering;
using KernelGen.Kernels;
using KernelGen.Tensors;

namespace KernelGen.Generator.Tests.Cuda;

/// <summary>
/// The structure that the host passes and the one that kernels take are declared in two languages; here they are held together.
/// </summary>
[TestClass]
public sealed partial class KernelArgumentsLayoutTests
{
    private static readonly string _text = new CudaHeaderTemplate("primitives").Render(TemplateLibrary.Embedded);

    [TestMethod]
    public void Arguments_HaveTheSameFieldsAtTheSameOffsets()
    {
        var structures = new Dictionary<string, List<Field>>();
        foreach (Match match in Structure().Matches(_text))
        {
            List<Field> fields = [];
            int offset = 0;
            foreach (Match field in Member().Matches(match.Groups["body"].Value))
            {
                string type = field.Groups["type"].Value;
                int size = type.EndsWith('*')
                    || type == "long long" ? 8 : type is "int" or "float" ? 4 : structures[type].Sum(member => member.Size);
                int alignment = size == 4 ? 4 : 8;
                offset = (offset + alignment - 1) / alignment * alignment;
                fields.Add(new(field.Groups["name"].Value, offset, size));
                offset += size;
            }

            structures.Add(match.Groups["name"].Value, fields);
        }

        AssertSame<TensorStrides>(structures["KernelTensorStrides"]);
        AssertSame<MaskStrides>(structures["KernelMaskStrides"]);
        AssertSame<KernelArguments>(structures["KernelArguments"]);
        Assert.Contains($"sizeof(KernelArguments) == {Marshal.SizeOf<KernelArguments>()}", _text);
    }

    [TestMethod]
    public void MaskKinds_HaveTheSameValues()
    {
        foreach (MaskKind kind in Enum.GetValues<MaskKind>())
            Assert.Contains($"constexpr int kg_mask_{SnakeCase(kind.ToString())} = {(int)kind};", _text);
    }

    private static void AssertSame<T>(List<Field> declared)
        where T : struct
    {
        FieldInfo[] fields = typeof(T).GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);
        Field[] expected =
        [
            .. fields
                .Select(field => new Field(SnakeCase(FieldName(field)), (int)Marshal.OffsetOf<T>(field.Name), SizeOf(field.FieldType)))
                .OrderBy(field => field.Offset),
        ];
        Assert.AreSequenceEqual(expected, declared);
    }

    private static int SizeOf(Type type) => Marshal.SizeOf(type);

    // The field behind a property of a record is called <Name>k__BackingField.
    private static string FieldName(FieldInfo field) => field.Name.Split('<', '>').First(part => part.Length > 0);

    private static string SnakeCase(string name)
    {
        var result = new StringBuilder();
        foreach (char c in name)
        {
            if (char.IsUpper(c) && result.Length > 0)
                result.Append('_');
            result.Append(char.ToLowerInvariant(c));
        }

        return result.ToString();
    }

    [GeneratedRegex(@"struct (?<name>Kernel\w+)\n\{(?<body>[^}]*)\}")]
    private static partial Regex Structure();

    [GeneratedRegex(@"^    (?:const )?(?<type>long long|\w+\*?) (?<name>\w+);$", RegexOptions.Multiline)]
    private static partial Regex Member();

    private sealed record Field(string Name, int Offset, int Size);
}
