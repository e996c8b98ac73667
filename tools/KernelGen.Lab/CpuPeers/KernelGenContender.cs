using KernelGen.CommandLine.Classes;
using KernelGen.Planning;
using KernelGen.Tensors;

namespace KernelGen.Lab.CpuPeers;

/// <summary>KernelGen.</summary>
internal static class KernelGenContender
{
    /// <summary>Gets ready to compute a call.</summary>
    /// <param name="classes">The classes whose kernels are compared.</param>
    /// <param name="options">Threads and vector width.</param>
    /// <returns>The contender, and the name of the kernel that the plan chose.</returns>
    public static (IContender Contender, string Variant) Create(IModelClasses classes, ComparedCall call, AttentionHostOptions options)
    {
        return call.ElementType switch
        {
            ElementType.Float16 => As<Half>(),
            ElementType.BFloat16 => As<BFloat16>(),
            _ => As<float>(),
        };

        (IContender, string) As<T>()
            where T : unmanaged
        {
            Contender<T> contender = new(classes, call, options);
            return (contender, contender.Plan.Variant.Id);
        }
    }

    private sealed class Contender<T> : IContender
        where T : unmanaged
    {
        private readonly AttentionHost _host;
        private readonly ComparedCall _call;
        private readonly T[] _query;
        private readonly T[] _key;
        private readonly T[] _value;
        private readonly T[] _output;

        public Contender(IModelClasses classes, ComparedCall call, AttentionHostOptions options)
        {
            _call = call;
            _host = AttentionHost.CreateDefault(options);
            Plan = _host.Plan<T>(
                classes.KernelsFor(call.Shape.Shape.HeadDim, call.ElementType),
                call.Shape.Shape,
                new PlanningOptions { Causal = call.Shape.Causal, Masked = call.Shape.Mask != MaskForm.None });
            _query = ComparedCall.Narrow<T>(call.Query);
            _key = ComparedCall.Narrow<T>(call.Key);
            _value = ComparedCall.Narrow<T>(call.Value);
            _output = new T[_query.Length];

            // Pages of a new array take no memory until they are written to, and the output's are not the kernel's.
            _output.AsSpan().Fill(default);
        }

        public SlicePlan Plan { get; }

        public void Run() => _host.Run<T>(Plan, _query, _key, _value, _output, _call.Options);

        public void ReadOutput(float[] output) => ComparedCall.Widen<T>(_output, output);

        public void Dispose() => _host.Dispose();
    }
}
