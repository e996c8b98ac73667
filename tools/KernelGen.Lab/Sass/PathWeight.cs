namespace KernelGen.Lab.Sass;

/// <summary>
/// What makes one way through a loop hotter than another: most products, then most asynchronous copies, then fewest instructions.
/// </summary>
/// <param name="Products">Products: those of tensor cores, or multiply-adds in a function without.</param>
/// <param name="Copies">Asynchronous copies; the way of the last tile has none.</param>
/// <param name="Instructions">Instructions; masks, rescaling and non-finite values are ways with more of them.</param>
public readonly record struct PathWeight(int Products, int Copies, int Instructions)
{
    /// <summary>The weight of two ways, one after the other.</summary>
    public static PathWeight operator +(PathWeight a, PathWeight b) =>
        new(a.Products + b.Products, a.Copies + b.Copies, a.Instructions + b.Instructions);

    /// <summary>Says whether <paramref name="a"/> is the hotter way.</summary>
    public static bool operator >(PathWeight a, PathWeight b) => Rank(a).CompareTo(Rank(b)) > 0;

    /// <summary>Says whether <paramref name="b"/> is the hotter way.</summary>
    public static bool operator <(PathWeight a, PathWeight b) => b > a;

    private static (int Products, int Copies, int Fewness) Rank(PathWeight weight) =>
        (weight.Products, weight.Copies, -weight.Instructions);
}
