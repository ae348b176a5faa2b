"""What a student of Zero Mean needs beside NumPy."""
