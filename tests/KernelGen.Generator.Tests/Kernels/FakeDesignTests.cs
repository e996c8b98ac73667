using System.Reflection;
using System.Runtime.Loader;
using KernelGen.Generator.Emission;
using KernelGen.Generator.Kernels;
using KernelGen.Generator.Model;
using KernelGen.Generator.Tests.Compilations;
using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.Tensors;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace KernelGen.Generator.Tests.Kernels;

/// <summary>
/// A kernel design is known by the registry alone: one more is in catalogue, files, reserved names and plans without an edit elsewhere.
/// </summary>
[TestClass]
public sealed class FakeDesignTests
{
    private static readonly ModelClass _class = new(
        "", default, "Faked", "Faked",
        new([FakeDesign.Request]));

    private static readonly KernelDesigns _designs = KernelDesigns.All.With(new FakeDesign());

    private static readonly Dictionary<string, string> _files = ModelClassEmitter
        .EmitWith(FakeDesign.Templates, _designs, _class, CancellationToken.None)
        .ToDictionary(static file => file.HintName, static file => file.Text);

    [TestMethod]
    public void Files_HoldItsTextAndItsHeaders()
    {
        Assert.Contains("constexpr int tile_rows = 96;\n#include \"kernelgen_fake_part.cuh\"", _files["Faked.Sm80D40.g.cs"]);
        Assert.Contains("// A part of the fake kernel.", _files["Faked.CudaHeaders.g.cs"]);
        Assert.Contains("[CudaHeaders.FakePart]", _files["Faked.Sm80D40.g.cs"]);
        Assert.Contains("Sm80D40.StreamingFloat32R96", _files["Faked.Catalogue.g.cs"]);
    }

    [TestMethod]
    public void ReservedNames_AreThoseOfWhatIsEmitted()
    {
        Assert.DoesNotContain("Sm80D40", EmittedMembers.Names(KernelDesigns.All, _class.Requests));
        Assert.AreSequenceEqual(MembersOf(_files.Values), EmittedMembers.Names(_designs, _class.Requests).Order(StringComparer.Ordinal));
    }

    [TestMethod]
    public void ReservedNames_OfAllTargets_AreThoseOfWhatIsEmitted()
    {
        ModelClass everything = _class with
        {
            Requests = new([.. KernelRequests.All(new([512])).Where(static request => request.HeadDim is 40 or 264)]),
        };

        Assert.AreSequenceEqual(
            MembersOf(ModelClassEmitter.EmitWith(FakeDesign.Templates, KernelDesigns.All, everything, CancellationToken.None)
                .Select(static file => file.Text)),
            EmittedMembers.Names(KernelDesigns.All, everything.Requests).Order(StringComparer.Ordinal));
    }

    [TestMethod]
    public void Plan_TakesIt()
    {
        KernelGen.Kernels.KernelVariant[] variants = [.. Load().Variants];

        SlicePlan plan = SlicePlanner.Plan(
            new AttentionShape(1, 1, 96, 32, 40), KernelGen.Tensors.ElementType.Float32, variants,
            new DeviceProfile(1, 1e12, 1e12, 1e-5, 1L << 30), new MemoryBudget(1 << 30, 0, "test"), new PlanningOptions());

        Assert.AreEqual("streaming-sm80-f32-d40-r96", plan.Variant.Id);
        Assert.AreEqual(96, plan.Variant.Footprint.TileRows);
    }

    private static KernelCatalogue Load()
    {
        CSharpCompilation compilation = TestCompilation.Create(["public partial class Faked;", .. _files.Values]);
        using MemoryStream assembly = new();
        Assert.IsTrue(compilation.Emit(assembly).Success, string.Join('\n', TestCompilation.ErrorsOf(compilation)));
        assembly.Position = 0;
        Type type = AssemblyLoadContext.Default.LoadFromStream(assembly).GetType("Faked")!;
        return (KernelCatalogue)type.GetProperty("Catalogue", BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!;
    }

    private static IEnumerable<string> MembersOf(IEnumerable<string> files) =>
        TestCompilation.Create(["public partial class Faked;", .. files])
        .GetTypeByMetadataName("Faked")!.GetMembers()
        .Where(static member => member is { CanBeReferencedByName: true, IsImplicitlyDeclared: false })
        .SelectMany(
            static member => member is IPropertySymbol ? [member.Name, "get_" + member.Name, "set_" + member.Name] : new[] { member.Name })
        .Distinct()
        .Order(StringComparer.Ordinal);
}
