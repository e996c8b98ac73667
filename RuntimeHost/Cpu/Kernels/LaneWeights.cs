using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace KernelGen.Cpu.Kernels;

/// <summary>Turns the scores of a lane group into weights, key by key, and adds them up; all it needs is in registers.</summary>
/// <typeparam name="TVector">The vector.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public unsafe struct LaneWeights<TVector>
    where TVector : unmanaged, ILaneVector<TVector>
{
    private readonly LaneExponential<TVector> _exponential;
    private readonly TVector _reference0;
    private readonly TVector _reference1;
    private TVector _sum0;
    private TVector _sum1;

    /// <summary>Begins with the state of a lane group.</summary>
    /// <param name="maximum">What the weights are relative to, for each lane: a maximum that no score is above.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public LaneWeights(float* maximum)
    {
        _exponential = new();
        _reference0 = LaneSoftmax.Reference(TVector.Load(maximum));
        _reference1 = LaneSoftmax.Reference(TVector.Load(maximum + TVector.Count));
        _sum0 = TVector.Create(0f);
        _sum1 = TVector.Create(0f);
    }

    /// <summary>Makes the weights of one key.</summary>
    /// <param name="scores">Its scores, one for each lane.</param>
    /// <param name="weights">Receives the weights; may be <paramref name="scores"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Weigh(float* scores, float* weights)
    {
        TVector weight0 = _exponential.Exp2(TVector.Load(scores) - _reference0);
        TVector.Store(weight0, weights);
        _sum0 += weight0;
        TVector weight1 = _exponential.Exp2(TVector.Load(scores + TVector.Count) - _reference1);
        TVector.Store(weight1, weights + TVector.Count);
        _sum1 += weight1;
    }

    /// <summary>Adds what the keys summed up to.</summary>
    /// <param name="sum">The sum of the weights of the keys before, for each lane, to which theirs is added.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void AddSum(float* sum)
    {
        TVector.Store(TVector.Load(sum) + _sum0, sum);
        TVector.Store(TVector.Load(sum + TVector.Count) + _sum1, sum + TVector.Count);
    }
}
