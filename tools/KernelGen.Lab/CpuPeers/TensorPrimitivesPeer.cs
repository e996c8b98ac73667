using System.Numerics.Tensors;
using System.Reflection;
using KernelGen.Lab.CpuBench;
using KernelGen.Tensors;

namespace KernelGen.Lab.CpuPeers;

/// <summary>
/// The loop on TensorPrimitives that a .NET developer would write: a peer at few queries only, where it does as little as is needed.
/// Elsewhere it takes several times as long, which <c>bench</c> shows.
/// </summary>
internal sealed class TensorPrimitivesPeer : IPeer
{
    /// <inheritdoc/>
    public string Name => "tensor-primitives";

    /// <inheritdoc/>
    public string Library => "tensor-primitives";

    /// <inheritdoc/>
    public string Version => typeof(TensorPrimitives).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
        .InformationalVersion.Split('+')[0];

    /// <inheritdoc/>
    public string? ReasonAgainst(ComparedShape shape, ElementType elementType) =>
        elementType != ElementType.Float32 ? "TensorPrimitives computes in fp32"
        : !shape.IsDecode || !shape.SeesAllKeys ? "only at few queries that see every key"
        : null;

    /// <inheritdoc/>
    public IContender Create(ComparedCall call, int threads) => new Loop(call, threads);

    private sealed class Loop(ComparedCall call, int threads) : IContender
    {
        private readonly float[] _output = new float[call.Query.Length];

        // Tensors of its own, as every contender has: shared ones would still be in the cache.
        private readonly (float[] Query, float[] Key, float[] Value) _inputs =
            ((float[])call.Query.Clone(), (float[])call.Key.Clone(), (float[])call.Value.Clone());

        public void Run() => DoggettxBaseline.Run(call.Shape.Shape, _inputs.Query, _inputs.Key, _inputs.Value, _output, threads);

        public void ReadOutput(float[] output) => _output.CopyTo(output, 0);

        public void Dispose()
        {
            // It holds nothing but arrays.
        }
    }
}
