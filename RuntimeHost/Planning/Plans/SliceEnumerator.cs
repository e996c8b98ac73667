namespace KernelGen.Planning;

/// <summary>Goes through the slices of a plan in order.</summary>
public struct SliceEnumerator
{
    private readonly SlicePlan _plan;
    private int _index;

    internal SliceEnumerator(SlicePlan plan)
    {
        _plan = plan;
        _index = -1;
    }

    /// <summary>The slice that was reached.</summary>
    public readonly SliceRange Current => _plan[_index];

    /// <summary>Goes to the next slice; false when there is none.</summary>
    public bool MoveNext() => ++_index < _plan.SliceCount;
}
