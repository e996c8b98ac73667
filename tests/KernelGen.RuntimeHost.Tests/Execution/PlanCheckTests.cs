using System.Reflection;
using KernelGen.Execution;
using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.Reference;
using KernelGen.RuntimeHost.Tests.Cpu;
using KernelGen.RuntimeHost.Tests.Cuda;
using KernelGen.RuntimeHost.Tests.Reference;
using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Execution;

/// <summary>
/// A plan runs on the host, for the class, on the shape and for the kind of calls that it was made for, or is refused before anything runs.
/// </summary>
[TestClass]
public sealed class PlanCheckTests
{
    private static readonly AttentionShape _shape = new(1, 2, 20, 30, 40);
    private static readonly AttentionHost _host = Open();

    [TestMethod]
    public void APlanOfAnotherHost_IsRefused()
    {
        using AttentionHost small = Open(freeBytes: 300_000);
        SlicePlan plan = _host.Plan<float>(CpuTestAttention.Catalogue, _shape);

        AssertRefused(plan, "was made by another host, for its device and its memory (1.0 GiB, given by the caller)", small);
    }

    [TestMethod]
    public void APlanOfAnotherClass_IsRefused()
    {
        CpuTestAttention attention = new(_host);
        KernelVariant own = _host.Plan<float>(CpuTestAttention.Catalogue, _shape).Variant;
        KernelVariant alike = new(own.Id, own.Family, own.ElementType, own.HeadDim, own.SliceRows, own.Footprint, own.Cpu!);
        SlicePlan plan = _host.Plan<float>(new KernelCatalogue("Another", alike), _shape);
        float[] query =
            new float[_shape.QueryElements], key = new float[_shape.KeyElements], output = [.. Enumerable.Repeat(7f, query.Length)];
        ArgumentException fault = Assert.ThrowsExactly<ArgumentException>(() => attention.Run<float>(plan, query, key, key, output));

        Assert.AreEqual("plan", fault.ParamName);
        Assert.StartsWith("The plan was made for Another, whose kernel ", fault.Message);
        Assert.AreEqual(
            "plan", Assert.ThrowsExactly<ArgumentException>(() => attention.Launch(plan, AttentionHost.CreateArguments(plan))).ParamName);
        Assert.IsTrue(Array.TrueForAll(output, number => number == 7f));
        _host.Run<float>(plan, query, key, key, output);
        Assert.IsTrue(Array.TrueForAll(output, number => number == 0f), "the host itself runs plans of any class");
    }

    [TestMethod]
    public void APlanOfThePlanner_RunsWhereItsKernelDoes()
    {
        SlicePlan plan = SlicePlanner.Plan(
            _shape, ElementType.Float32, _host.VariantsFor(CpuTestAttention.Catalogue, ElementType.Float32, 40), _host.Device.Profile,
            _host.MeasureBudget(), new());
        Run(plan, _host);

        KernelVariant cuda = CudaTestAttention.Of(KernelTarget.Simt).For(ElementType.Float32, 40)[0];
        SlicePlan elsewhere =
            SlicePlanner.Plan(_shape, ElementType.Float32, new[] { cuda }, _host.Device.Profile, new(1L << 30, 0, "test"), new());
        AssertRefused(elsewhere, $"cannot run the plan. {cuda.Id} is not a CPU kernel");

        DeviceProfile nobody = _host.Device.Profile with { Workers = 0 };
        SlicePlan without = SlicePlanner.Plan(
            _shape, ElementType.Float32, _host.VariantsFor(CpuTestAttention.Catalogue, ElementType.Float32, 40), nobody,
            _host.MeasureBudget(), new());
        AssertRefused(without, "The plan was made for a device profile without workers");
    }

    [TestMethod]
    public void PlansCannotBeMadeByHand_OrChanged()
    {
        Assert.IsEmpty(typeof(SlicePlan).GetConstructors());
        Assert.IsEmpty(
            typeof(SlicePlan).GetProperties().Where(property => property.GetSetMethod() is not null).Select(property => property.Name));
        Assert.IsNull(typeof(SlicePlan).GetMethod("<Clone>$", BindingFlags.Public | BindingFlags.Instance));
    }

    [TestMethod]
    [DataRow("query")]
    [DataRow("key")]
    [DataRow("value")]
    [DataRow("output")]
    [DataRow("map")]
    [DataRow("log-sum-exp")]
    public void DenseTensorsOfAnotherLength_AreRefused_ByName(string which)
    {
        SlicePlan plan = _host.Plan<float>(CpuTestAttention.Catalogue, _shape, new() { CaptureMap = true });
        foreach (int change in new[] { -1, 1, 40 })
        {
            float[] Tensor(string name, long elements) => new float[elements + (name == which ? change : 0)];
            AttentionOptions options = new() { Map = Tensor("map", _shape.ScoreElements), LogSumExp = Tensor("log-sum-exp", 40) };
            float[] query =
                Tensor("query", _shape.QueryElements), key = Tensor("key", _shape.KeyElements), value = Tensor("value", _shape.KeyElements);
            float[] output = Tensor("output", _shape.QueryElements);
            ArgumentException fault =
                Assert.ThrowsExactly<ArgumentException>(() => _host.Run<float>(plan, query, key, value, output, options));

            Assert.AreEqual(which is "map" or "log-sum-exp" ? "options" : which, fault.ParamName);
            Assert.Contains($"The {which} tensor has ", fault.Message);
        }
    }

    [TestMethod]
    public void ATensorWithStrides_MayBeLonger()
    {
        SlicePlan plan = _host.Plan<float>(CpuTestAttention.Catalogue, _shape);
        float[] packed = new float[_shape.QueryElements * 3], key = new float[_shape.KeyElements];

        _host.Run<float>(plan, packed, key, key, new float[_shape.QueryElements], new() { QueryStrides = new(0, 20 * 120, 120) });
    }

    [TestMethod]
    public void Causal_IsSaidOnce_InEitherPlace()
    {
        AttentionCall call = AttentionCall.Random(_shape, ElementType.Float32, new() { Causal = true });
        float[] expected = [.. call.Reference().Output.Select(number => (float)number)];
        SlicePlan causal = _host.Plan<float>(CpuTestAttention.Catalogue, _shape, new() { Causal = true }),
        plain = _host.Plan<float>(CpuTestAttention.Catalogue, _shape);
        foreach ((SlicePlan plan, bool? said) in new (SlicePlan, bool?)[] { (causal, null), (causal, true), (plain, true) })
        {
            float[] output = new float[expected.Length];
            _host.Run<float>(plan, call.Query, call.Key, call.Value, output, new() { Causal = said });

            Assert.IsLessThan(1e-6, RelativeError.Of([.. expected.Select(number => (double)number)], output));
            Assert.AreEqual(1, AttentionHost.CreateArguments(plan, new() { Causal = said }).Causal);
        }

        AssertRefused(causal, "Causal = false", options: new() { Causal = false });
        KernelArguments cleared = AttentionHost.CreateArguments(causal) with { Causal = 0, Query = 1, Key = 1, Value = 1, Output = 1 };
        Assert.AreEqual("arguments", Assert.ThrowsExactly<ArgumentException>(() => _host.Launch(causal, cleared)).ParamName);
    }

    [TestMethod]
    public void OptionsOfACall_SayWhatThePlanNeeds()
    {
        AttentionOptions options =
            new() { Causal = true, Map = new float[_shape.ScoreElements], Mask = AttentionMask.Boolean(new bool[30], 1, 1, 1, 30) };
        PlanningOptions planning = options.ForPlanning(new() { SliceRows = 512 });

        Assert.AreEqual(new PlanningOptions { Causal = true, CaptureMap = true, Masked = true, SliceRows = 512 }, planning);
        Assert.AreEqual(PlanningOptions.Default, AttentionOptions.Default.ForPlanning());
        Assert.AreEqual(
            KernelFamily.Materialized, _host.Plan<float>(CpuTestAttention.Catalogue, _shape, options.ForPlanning()).Variant.Family);
        Assert.AreEqual("Boolean [1, 1, 1, 30]", options.Mask.ToString());
    }

    [TestMethod]
    public void APlanForTheMap_RefusesCallsThatDoNotWantIt()
    {
        SlicePlan plan = _host.Plan<float>(CpuTestAttention.Catalogue, _shape, new() { CaptureMap = true });

        Assert.IsTrue(plan.CaptureMap);
        AssertRefused(plan, "The plan is for calls that want the attention map, and the options have no Map.", options: new());
        KernelArguments arguments = AttentionHost.CreateArguments(plan) with { Query = 1, Key = 1, Value = 1, Output = 1 };
        ArgumentException fault = Assert.ThrowsExactly<ArgumentException>(() => _host.Launch(plan, arguments));
        Assert.AreEqual("arguments", fault.ParamName);
        Assert.StartsWith("The plan is for calls that want the attention map, and the arguments have no Map.", fault.Message);

        SlicePlan empty = _host.Plan<float>(CpuTestAttention.Catalogue, new(1, 2, 20, 0, 40), new() { CaptureMap = true });
        _host.Run<float>(empty, new float[1600], [], [], new float[1600]);
    }

    [TestMethod]
    public void LaunchArgumentsThatCannotBe_AreRefused()
    {
        SlicePlan plan = _host.Plan<float>(CpuTestAttention.Catalogue, _shape, new() { Family = KernelFamily.Streaming });
        KernelArguments good = AttentionHost.CreateArguments(plan) with { Query = 1, Key = 1, Value = 1, Output = 1 };
        foreach (KernelArguments bad in new[]
        {
            good with { Heads = 3 }, good with { Queries = 19 }, good with { Keys = 31 }, good with { KeyValueHeads = 1 },
            good with { KeySplits = 7 },
            good with { MaskKind = 9 }, good with { MaskKind = (int)MaskKind.Boolean }, good with { Map = 1 }, good with { Value = 0 },
            good with { OutputStrides = default },
        })
        {
            Assert.AreEqual("arguments", Assert.ThrowsExactly<ArgumentException>(() => _host.Launch(plan, bad)).ParamName);
        }
    }

    [TestMethod]
    public void EveryRefusal_NamesItsParameter()
    {
        SlicePlan plan = _host.Plan<float>(CpuTestAttention.Catalogue, _shape, new() { Family = KernelFamily.Streaming });
        AssertRefused(plan, "scale", options: new() { Scale = float.NaN });
        AssertRefused(plan, "layout", options: new() { Layout = (AttentionLayout)7 });
        AssertRefused(plan, "negative", options: new() { KeyStrides = new(0, 0, -1) });
        AssertRefused(plan, "overlap", options: new() { OutputStrides = new(0, 0, 1) });
        AssertRefused(plan, "CaptureMap", options: new() { Map = new float[_shape.ScoreElements] });
        Half[] half = new Half[_shape.QueryElements];
        Assert.AreEqual("plan", Assert.ThrowsExactly<ArgumentException>(() => _host.Run<Half>(plan, half, half, half, half)).ParamName);
        Assert.AreEqual("bias", Assert.ThrowsExactly<ArgumentException>(() => AttentionMask.Additive(new float[3], 1, 1, 1, 4)).ParamName);
        Assert.AreEqual("options",
            Assert.ThrowsExactly<ArgumentException>(
                () => _host.Plan<float>(CpuTestAttention.Catalogue, _shape, new() { Policy = "none" })).ParamName);
    }

    private static AttentionHost Open(long freeBytes = 1L << 30) =>
        AttentionHost.CreateDefault(new() { Device = DeviceKind.Cpu, Threads = 1, FreeBytes = freeBytes });

    private static void AssertRefused(SlicePlan plan, string part, AttentionHost? host = null, AttentionOptions? options = null)
    {
        float[] output = [.. Enumerable.Repeat(7f, (int)_shape.QueryElements)];
        ArgumentException fault = Assert.ThrowsExactly<ArgumentException>(() => Run(plan, host ?? _host, options, output));

        Assert.AreEqual(options is null ? "plan" : "options", fault.ParamName);
        Assert.Contains(part, fault.Message);
        Assert.IsTrue(Array.TrueForAll(output, number => number == 7f));
    }

    private static void Run(SlicePlan plan, AttentionHost host, AttentionOptions? options = null, float[]? output = null)
    {
        float[] query = new float[_shape.QueryElements], key = new float[_shape.KeyElements];
        host.Run<float>(plan, query, key, key, output ?? new float[query.Length], options);
    }
}
